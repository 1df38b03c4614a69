//! What an operator sees.

use parlor_testkit::Server;

#[tokio::test]
async fn a_server_that_has_started_says_that_it_is_healthy_and_ready() {
    let server = Server::start().await;
    server.visitor().get("/healthz").await.expect(200);
    server.visitor().get("/readyz").await.expect(200);
}

#[tokio::test]
async fn a_path_that_is_not_there_is_a_problem_with_a_code() {
    let server = Server::start().await;
    server
        .visitor()
        .get("/api/nowhere")
        .await
        .problem(404, "not_found");
}
