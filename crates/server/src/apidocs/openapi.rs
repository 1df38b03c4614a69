//! The OpenAPI 3.1 document.

use parlor_protocol::{Code, Problem};
use std::fmt::Write as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ComponentsBuilder, Info, License, OpenApi, OpenApiBuilder, PathItem};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// Operations that need nobody to be signed in.
const PUBLIC: &[&str] = &[
    "/api/auth/register",
    "/api/auth/login",
    "/api/auth/login/factor",
    "/api/auth/refresh",
    "/api/auth/guest",
    "/api/auth/check",
    "/api/auth/reset-password",
    "/api/auth/oauth",
    "/api/auth/oauth/{provider}",
    "/api/auth/oauth/callback",
    "/api/auth/oauth/newcomer",
    "/api/auth/oauth/register",
    "/api/users/{id}/avatar",
];

/// Describes the routes, which stand under `/api`.
pub(super) fn describe(routes: OpenApiRouter) -> OpenApi {
    let (_, mut document) = OpenApiRouter::with_openapi(base())
        .nest("/api", routes)
        .split_for_parts();
    for (path, item) in &mut document.paths.paths {
        let is_public = PUBLIC.contains(&path.as_str());
        for operation in operations(item) {
            complete(operation, is_public);
        }
    }
    document
}

/// What is the same for all operations.
fn base() -> OpenApi {
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    let mut info = Info::new("Parlor", env!("CARGO_PKG_VERSION"));
    info.description = Some(introduction());
    info.license = Some(license);
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        )
        .security_scheme("cookie", cookie("parlor_session"))
        .security_scheme("secure_cookie", cookie("__Host-parlor_session"));
    let ways = ["token", "cookie", "secure_cookie"];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components.build()))
        .security(Some(ways.map(|way| SecurityRequirement::new(way, [""; 0]))))
        .build()
}

fn cookie(name: &str) -> SecurityScheme {
    let meaning = "A browser's session; writes need `X-CSRF: 1` and the server's own `Origin` too.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, meaning)))
}

fn introduction() -> String {
    let mut text = String::from(
        "JSON in and out; times are RFC 3339 in UTC with milliseconds; ids are integers below 2^53. Lists are \
         `{\"items\": [...], \"next\": cursor|null}`. What changes is told over the socket, which the AsyncAPI document \
         at `/api/asyncapi.json` describes.\n\nErrors are problem documents (RFC 9457, `application/problem+json`) with \
         one of these codes:\n\n| code | status | meaning |\n| --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            code.as_str(),
            code.status(),
            code.title()
        );
    }
    text
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.options,
        &mut item.head,
        &mut item.patch,
    ]
    .into_iter()
    .flatten()
}

/// Adds what every operation has: a name of its own, and that nobody need be signed in where that is so.
fn complete(operation: &mut Operation, is_public: bool) {
    if let (Some(id), Some(tag)) = (
        &operation.operation_id,
        operation.tags.iter().flatten().next(),
    ) {
        operation.operation_id = Some(format!("{tag}_{id}"));
    }
    if is_public {
        operation.security = Some(vec![SecurityRequirement::default()]);
    }
}
