//! Asking a provider. What goes wrong is told to who runs this server, in the log; who signs in hears that it did.

use crate::accounts::error::AccountsError;
use crate::kernel::body::from_json;
use crate::kernel::fetch::{ChosenBy, Fetch, Fetched, Outgoing};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use url::{Url, form_urlencoded};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The way to a provider.
pub(super) struct Wire {
    provider: String,
    fetch: Fetch,
}

impl Wire {
    pub(super) fn new(provider: String, fetch: Fetch) -> Self {
        Self { provider, fetch }
    }

    /// Says in the log what is wrong with the provider.
    pub(super) fn failed(&self, why: impl Display) -> AccountsError {
        tracing::warn!(provider = self.provider, %why, "a provider did not answer as it should");
        AccountsError::ProviderFailed
    }

    /// Says in the log why the provider did not take a code, or what it says is not believed.
    pub(super) fn refused(&self, why: impl Display, error: AccountsError) -> AccountsError {
        tracing::warn!(provider = self.provider, %why, "a provider's sign-in came to nothing");
        error
    }

    /// Reads something, authorised by a token where there is one.
    pub(super) async fn get(
        &self,
        url: Url,
        token: Option<&str>,
    ) -> Result<Fetched, AccountsError> {
        let mut question = Outgoing::get(url, ChosenBy::Operator).accept(JSON);
        if let Some(token) = token {
            question = question.authorized(&format!("Bearer {token}"));
        }
        self.ask(question).await
    }

    /// Sends a form, authorised by `credentials` where there are any.
    pub(super) async fn post(
        &self,
        url: Url,
        pairs: &[(&str, &str)],
        credentials: Option<&str>,
    ) -> Result<Fetched, AccountsError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        let question =
            Outgoing::post(url, ChosenBy::Operator, FORM, Bytes::from(form)).accept(JSON);
        let question = match credentials {
            Some(credentials) => question.authorized(credentials),
            None => question,
        };
        self.ask(question).await
    }

    async fn ask(&self, question: Outgoing) -> Result<Fetched, AccountsError> {
        let answered = self.fetch.send(question).await;
        answered.map_err(|error| self.failed(error))
    }

    /// What an answer says that has to be good.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Fetched) -> Result<T, AccountsError> {
        if !answer.status.is_success() {
            return Err(self.failed(format_args!("it answers {}", answer.status)));
        }
        self.parse(&answer.body)
    }

    /// What a text says, whatever the status.
    pub(super) fn parse<T: DeserializeOwned>(&self, text: &[u8]) -> Result<T, AccountsError> {
        // What it says is not repeated: it may hold a token.
        from_json(text).map_err(|problem| {
            let field = problem.errors.first().map(|error| error.field.clone());
            self.failed(format_args!(
                "it makes no sense: {}",
                field.unwrap_or(problem.title)
            ))
        })
    }
}
