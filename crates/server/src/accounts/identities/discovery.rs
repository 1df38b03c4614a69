//! What an OpenID provider says of itself, and the keys by which it signs. Both are asked for once an hour; keys also where
//! one is missing, for providers change them, but not as often as somebody shows made-up ones.

use super::provider::Provider;
use crate::accounts::error::AccountsError;
use jsonwebtoken::jwk::Jwk;
use parlor_protocol::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;
use url::Url;

/// What was said is believed for this time, in milliseconds.
const FRESH: i64 = 60 * 60 * 1000;
/// Keys are not looked for again within this time, in milliseconds.
const KEYS_REST: i64 = 60 * 1000;
/// A provider that did not answer is left alone for this time, in milliseconds: who waits behind one another would wait for
/// ever.
const FAILED_REST: i64 = 5 * 1000;
/// A provider has no more keys than this.
const MOST_KEYS: usize = 32;

/// What an OpenID provider says of itself (OpenID Connect Discovery, 3).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: WebAddress,
    pub(super) token_endpoint: WebAddress,
    jwks_uri: WebAddress,
    #[serde(default)]
    pub(super) userinfo_endpoint: Option<WebAddress>,
    #[serde(default)]
    pub(super) id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// An address in a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct WebAddress(pub(super) Url);

impl TryFrom<String> for WebAddress {
    type Error = url::ParseError;

    fn try_from(text: String) -> Result<Self, url::ParseError> {
        text.parse().map(Self)
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// What was said, and when.
#[derive(Default)]
pub(super) struct Discovery(Mutex<Said>);

#[derive(Default)]
struct Said {
    metadata: Option<(Timestamp, Arc<Metadata>)>,
    keys: Option<(Timestamp, Arc<[Jwk]>)>,
    looked_again_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
}

impl Said {
    /// Fails at once where the provider has failed a moment ago.
    fn check_rested(&self, now: Timestamp) -> Result<(), AccountsError> {
        match self.failed_at {
            Some(at) if within(at, now, FAILED_REST) => Err(AccountsError::ProviderFailed),
            _ => Ok(()),
        }
    }
}

fn within(at: Timestamp, now: Timestamp, time: i64) -> bool {
    (0..time).contains(&(now.0 - at.0))
}

impl Provider {
    /// What it says of itself.
    pub(super) async fn metadata(&self) -> Result<Arc<Metadata>, AccountsError> {
        let mut said = self.discovery.0.lock().await;
        let now = self.clock.now();
        if let Some((at, metadata)) = &said.metadata
            && within(*at, now, FRESH)
        {
            return Ok(metadata.clone());
        }
        said.check_rested(now)?;
        match self.load_metadata().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                said.metadata = Some((now, metadata.clone()));
                Ok(metadata)
            }
            Err(error) => {
                said.failed_at = Some(self.clock.now());
                Err(error)
            }
        }
    }

    async fn load_metadata(&self) -> Result<Metadata, AccountsError> {
        let issuer = &self.settings.issuer;
        let place = issuer.trim_end_matches('/');
        let place = format!("{place}/.well-known/openid-configuration");
        let place: Url = place.parse().map_err(|error| self.wire.failed(error))?;
        let is_encrypted = place.scheme() == "https";
        let answer = self.wire.get(place, None).await?;
        let metadata: Metadata = self.wire.read(&answer)?;
        if metadata.issuer != *issuer {
            return Err(self.wire.failed("it says it is another issuer"));
        }
        // The browser is sent there without further ado.
        let page = metadata.authorization_endpoint.0.scheme();
        if page != "https" && (is_encrypted || page != "http") {
            return Err(self.wire.failed("its page is not encrypted"));
        }
        Ok(metadata)
    }

    /// The keys by which it signs; looked for `anew` where one is missing.
    pub(super) async fn keys(
        &self,
        metadata: &Metadata,
        anew: bool,
    ) -> Result<Arc<[Jwk]>, AccountsError> {
        let mut said = self.discovery.0.lock().await;
        let now = self.clock.now();
        if let Some((at, keys)) = &said.keys {
            let has_looked = said
                .looked_again_at
                .is_some_and(|at| within(at, now, KEYS_REST));
            if within(*at, now, FRESH) && (!anew || has_looked) {
                return Ok(keys.clone());
            }
        }
        said.check_rested(now)?;
        if anew {
            said.looked_again_at = Some(now);
        }
        match self.load_keys(metadata).await {
            Ok(keys) => {
                said.keys = Some((now, keys.clone()));
                Ok(keys)
            }
            Err(error) => {
                said.failed_at = Some(self.clock.now());
                Err(error)
            }
        }
    }

    /// Those of kinds that are known.
    async fn load_keys(&self, metadata: &Metadata) -> Result<Arc<[Jwk]>, AccountsError> {
        let answer = self.wire.get(metadata.jwks_uri.0.clone(), None).await?;
        let set: KeySet = self.wire.read(&answer)?;
        let keys = set.keys.into_iter().take(MOST_KEYS);
        Ok(keys
            .filter_map(|key| serde_json::from_value(key).ok())
            .collect())
    }
}
