//! By whom else people sign in: tables `[providers.NAME]` of the settings file, or variables `PARLOR_PROVIDER_NAME_KEY`.
//!
//! Some are known by their name, so that it takes no more than the client's id and secret.

use super::load::Origin;
use super::values::Secret;
use std::collections::BTreeMap;
use url::Url;

/// The beginning of the variables.
const VARIABLE: &str = "PARLOR_PROVIDER_";
/// The longest name, in characters.
const NAME_LONGEST: usize = 32;
/// Names that stand for something else in addresses.
const RESERVED: [&str; 3] = ["callback", "newcomer", "register"];
/// What can be said of a provider; of two keys that a variable ends with, the longer one is meant.
const KEYS: [&str; 10] = [
    "kind",
    "label",
    "client_id",
    "client_secret",
    "issuer",
    "scope",
    "authorization_url",
    "token_url",
    "profile_url",
    "openid_url",
];

/// How a provider is spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// OpenID Connect, by discovery.
    Oidc,
    /// OAuth 2, as GitHub has it.
    GitHub,
    /// OAuth 2, as Facebook has it.
    Facebook,
    /// The dialect of WeChat (微信).
    WeChat,
    /// The dialect of QQ.
    Qq,
}

/// Somebody else by whom people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its name in addresses.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// How it is spoken with.
    pub kind: ProviderKind,
    /// Who names people. Those of one issuer have one meaning, whichever provider says them.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// What proves it; none: a public client.
    pub client_secret: Option<Secret>,
    /// What is asked for.
    pub scope: String,
    /// Where people sign in; none where discovery says it, as the following.
    pub authorization_url: Option<Url>,
    /// Where the code is exchanged.
    pub token_url: Option<Url>,
    /// Where it says who somebody is.
    pub profile_url: Option<Url>,
    /// Where QQ says under which id it knows somebody.
    pub openid_url: Option<Url>,
}

/// What somebody gave: by provider and key the text and where it stands.
pub(super) type GivenProviders = BTreeMap<String, BTreeMap<&'static str, (String, Origin)>>;

/// What is known of a provider.
struct Preset {
    label: &'static str,
    kind: ProviderKind,
    issuer: &'static str,
    scope: &'static str,
    authorization_url: &'static str,
    token_url: &'static str,
    profile_url: &'static str,
    openid_url: &'static str,
}

const OIDC: Preset = Preset {
    label: "",
    kind: ProviderKind::Oidc,
    issuer: "",
    scope: "openid profile email",
    authorization_url: "",
    token_url: "",
    profile_url: "",
    openid_url: "",
};

fn preset(name: &str) -> Option<Preset> {
    Some(match name {
        "oidc" => OIDC,
        "google" => Preset {
            label: "Google",
            issuer: "https://accounts.google.com",
            ..OIDC
        },
        "github" => Preset {
            label: "GitHub",
            kind: ProviderKind::GitHub,
            scope: "read:user",
            authorization_url: "https://github.com/login/oauth/authorize",
            token_url: "https://github.com/login/oauth/access_token",
            profile_url: "https://api.github.com/user",
            ..OIDC
        },
        "facebook" => Preset {
            label: "Facebook",
            kind: ProviderKind::Facebook,
            scope: "public_profile",
            authorization_url: "https://www.facebook.com/v24.0/dialog/oauth",
            token_url: "https://graph.facebook.com/v24.0/oauth/access_token",
            profile_url: "https://graph.facebook.com/v24.0/me",
            ..OIDC
        },
        "wechat" => Preset {
            label: "WeChat",
            kind: ProviderKind::WeChat,
            scope: "snsapi_login",
            authorization_url: "https://open.weixin.qq.com/connect/qrconnect",
            token_url: "https://api.weixin.qq.com/sns/oauth2/access_token",
            profile_url: "https://api.weixin.qq.com/sns/userinfo",
            ..OIDC
        },
        "qq" => Preset {
            label: "QQ",
            kind: ProviderKind::Qq,
            scope: "get_user_info",
            authorization_url: "https://graph.qq.com/oauth2.0/authorize",
            token_url: "https://graph.qq.com/oauth2.0/token",
            profile_url: "https://graph.qq.com/user/get_user_info",
            openid_url: "https://graph.qq.com/oauth2.0/me",
            ..OIDC
        },
        _ => return None,
    })
}

/// The key of a table.
pub(super) fn key(given: &str) -> Option<&'static str> {
    KEYS.into_iter().find(|key| *key == given)
}

/// The provider and the key that a variable is about; an error where it is about one and no key.
pub(super) fn of_variable(variable: &str) -> Option<Result<(String, &'static str), String>> {
    let rest = variable.strip_prefix(VARIABLE)?.to_ascii_lowercase();
    let ends = KEYS.into_iter().filter_map(|key| {
        let name = rest.strip_suffix(key)?.strip_suffix('_')?;
        Some((name.replace('_', "-"), key))
    });
    let longest = ends.max_by_key(|(_, key)| key.len());
    Some(longest.ok_or_else(|| format!("it ends with none of {}", KEYS.join(", "))))
}

/// How a key is called in full.
fn full(name: &str, key: &str) -> String {
    format!("providers.{name}.{key}")
}

/// Reads all; what is wrong is named with its place.
pub(super) fn read(given: &GivenProviders) -> Result<Vec<Provider>, (String, String)> {
    given.iter().map(|(name, keys)| one(name, keys)).collect()
}

fn one(
    name: &str,
    keys: &BTreeMap<&'static str, (String, Origin)>,
) -> Result<Provider, (String, String)> {
    let text = |key| {
        keys.get(key)
            .map(|(text, _)| text.as_str())
            .filter(|text| !text.is_empty())
    };
    let wrong = |key: &str, reason: String| (full(name, key), reason);
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > NAME_LONGEST || !name.chars().all(is_plain) {
        let reason = "its name consists of small letters, digits and -, 32 at most";
        return Err((format!("providers.{name}"), reason.to_owned()));
    }
    if RESERVED.contains(&name) {
        return Err((
            format!("providers.{name}"),
            "it needs another name".to_owned(),
        ));
    }
    let known = match text("kind") {
        Some(kind) => preset(kind).ok_or_else(|| {
            wrong(
                "kind",
                format!("{kind:?} is none of oidc, google, github, facebook, wechat, qq"),
            )
        })?,
        None => preset(name).unwrap_or(OIDC),
    };
    let url = |key: &'static str, known: &'static str| match text(key).or(Some(known)) {
        None | Some("") => Ok(None),
        Some(text) => web_address(text)
            .map(Some)
            .map_err(|reason| wrong(key, reason)),
    };
    let authorization_url = url("authorization_url", known.authorization_url)?;
    let issuer = match (text("issuer"), known.kind, &authorization_url) {
        (Some(issuer), ..) => issuer.to_owned(),
        // Accounts at another installation are others.
        (None, _, Some(at)) => at.origin().ascii_serialization(),
        (None, ProviderKind::Oidc, None) if !known.issuer.is_empty() => known.issuer.to_owned(),
        _ => return Err(wrong("issuer", "it is needed for discovery".to_owned())),
    };
    web_address(&issuer).map_err(|reason| wrong("issuer", reason))?;
    let label = if known.label.is_empty() {
        name
    } else {
        known.label
    };
    let client_id =
        text("client_id").ok_or_else(|| wrong("client_id", "it is needed".to_owned()))?;
    if text("client_secret").is_none() && known.kind != ProviderKind::Oidc {
        return Err(wrong("client_secret", "it is needed".to_owned()));
    }
    Ok(Provider {
        name: name.to_owned(),
        label: text("label").unwrap_or(label).to_owned(),
        kind: known.kind,
        issuer,
        client_id: client_id.to_owned(),
        client_secret: text("client_secret").map(|text| Secret(text.to_owned())),
        scope: text("scope").unwrap_or(known.scope).to_owned(),
        authorization_url,
        token_url: url("token_url", known.token_url)?,
        profile_url: url("profile_url", known.profile_url)?,
        openid_url: url("openid_url", known.openid_url)?,
    })
}

fn web_address(text: &str) -> Result<Url, String> {
    let wrong = || format!("{text:?} is no address such as https://id.example.org");
    let url: Url = text.parse().map_err(|_| wrong())?;
    let is_plain = matches!(url.scheme(), "https" | "http")
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    is_plain.then_some(url).ok_or_else(wrong)
}

/// What somebody gave, with secrets masked.
pub(super) fn describe(given: &GivenProviders) -> impl Iterator<Item = (String, String, &Origin)> {
    given.iter().flat_map(|(name, keys)| {
        keys.iter().map(move |(key, (text, origin))| {
            let is_secret = *key == "client_secret";
            let shown = if is_secret { "•••" } else { text };
            (full(name, key), shown.to_owned(), origin)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, pairs: &[(&'static str, &str)]) -> GivenProviders {
        let value = |text: &str| (text.to_owned(), Origin::Default);
        let keys = pairs.iter().map(|(key, text)| (*key, value(text)));
        BTreeMap::from([(name.to_owned(), keys.collect())])
    }

    fn read_one(name: &str, pairs: &[(&'static str, &str)]) -> Result<Provider, (String, String)> {
        Ok(read(&given(name, pairs))?.remove(0))
    }

    const CLIENT: [(&str, &str); 2] = [("client_id", "us"), ("client_secret", "hush")];

    #[test]
    fn some_are_known_by_their_name() {
        for (name, label, kind, issuer) in [
            (
                "google",
                "Google",
                ProviderKind::Oidc,
                "https://accounts.google.com",
            ),
            (
                "github",
                "GitHub",
                ProviderKind::GitHub,
                "https://github.com",
            ),
            (
                "facebook",
                "Facebook",
                ProviderKind::Facebook,
                "https://www.facebook.com",
            ),
            (
                "wechat",
                "WeChat",
                ProviderKind::WeChat,
                "https://open.weixin.qq.com",
            ),
            ("qq", "QQ", ProviderKind::Qq, "https://graph.qq.com"),
        ] {
            let found = read_one(name, &CLIENT).unwrap();
            let found = (found.label.as_str(), found.kind, found.issuer.as_str());
            assert_eq!(found, (label, kind, issuer));
        }
    }

    #[test]
    fn others_say_what_they_are() {
        let issuer = ("issuer", "https://id.example.org/realm");
        let work = read_one("work", &[issuer, ("client_id", "us"), ("label", "Work")]).unwrap();
        assert_eq!(
            (work.kind, work.label.as_str()),
            (ProviderKind::Oidc, "Work")
        );
        assert_eq!(work.issuer, issuer.1);
        let at = (
            "authorization_url",
            "https://git.example.org/login/oauth/authorize",
        );
        let git = [CLIENT.as_slice(), &[("kind", "github"), at]].concat();
        assert_eq!(
            read_one("git", &git).unwrap().issuer,
            "https://git.example.org"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let place =
            |name: &str, pairs: &[(&'static str, &str)]| read_one(name, pairs).unwrap_err().0;
        assert_eq!(place("work", &CLIENT), "providers.work.issuer");
        assert_eq!(place("google", &[]), "providers.google.client_id");
        assert_eq!(
            place("qq", &[("client_id", "us")]),
            "providers.qq.client_secret"
        );
        assert_eq!(place("callback", &CLIENT), "providers.callback");
        assert_eq!(place("Ü", &CLIENT), "providers.Ü");
        for wrong in [
            "id.example.org",
            "ftp://id.example.org",
            "https://a@b",
            "https://b#c",
        ] {
            let pairs = [CLIENT.as_slice(), &[("issuer", wrong)]].concat();
            assert_eq!(place("work", &pairs), "providers.work.issuer", "{wrong}");
        }
        let kind = [CLIENT.as_slice(), &[("kind", "saml")]].concat();
        assert_eq!(place("work", &kind), "providers.work.kind");
    }

    #[test]
    fn a_variable_names_a_provider_and_a_key() {
        let found = |variable| of_variable(variable).map(Result::ok);
        let work = |key| Some(Some(("my-work".to_owned(), key)));
        assert_eq!(found("PARLOR_PROVIDER_MY_WORK_ISSUER"), work("issuer"));
        assert_eq!(
            found("PARLOR_PROVIDER_MY_WORK_CLIENT_ID"),
            work("client_id")
        );
        assert_eq!(found("PARLOR_PROVIDER_MY_WORK_SECRET"), Some(None));
        assert_eq!(found("PARLOR_PROFILE"), None);
    }
}
