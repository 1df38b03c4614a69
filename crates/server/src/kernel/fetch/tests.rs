use super::*;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const PATIENCE: Duration = Duration::from_secs(10);

/// Serves one connection: reads a request's head, and says `answer`.
async fn serve(answer: &'static str, tls: Option<TlsAcceptor>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let jobs = crate::kernel::jobs::Jobs::default();
    jobs.spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match tls {
            Some(tls) => {
                if let Ok(stream) = tls.accept(stream).await {
                    say(stream, answer).await;
                }
            }
            None => say(stream, answer).await,
        }
    });
    port
}

async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &str) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await.unwrap();
        head.push(byte);
    }
    let _ = stream.write_all(answer.as_bytes()).await;
    if answer.is_empty() {
        // It never answers.
        std::future::pending::<()>().await;
    }
    let _ = stream.shutdown().await;
}

fn open(inside: &[&str]) -> Fetch {
    let inside = inside.iter().map(|it| it.parse().unwrap()).collect();
    Fetch::new(inside, None, PATIENCE).unwrap()
}

async fn ask(fetch: &Fetch, url: &str, chosen_by: ChosenBy) -> Result<Fetched, FetchError> {
    fetch
        .send(Outgoing::get(url.parse().unwrap(), chosen_by))
        .await
}

#[tokio::test]
async fn what_leads_inside_is_not_asked() {
    // Nobody has to listen there: it is refused before.
    let named = open(&["10.0.0.0/8"]);
    for url in [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0/",
        "https://169.254.169.254/latest",
        "https://192.168.0.1/",
        "http://1.1.1.1/",
        "http://127.0.0.1:1/",
    ] {
        for chosen_by in [ChosenBy::Operator, ChosenBy::Anybody] {
            let refused = ask(&named, url, chosen_by).await.unwrap_err();
            let is_refused = matches!(refused, FetchError::NotAllowed | FetchError::Address(_));
            assert!(is_refused, "{url}: {refused}");
        }
    }
    let refused = ask(&named, "https://10.0.0.1/", ChosenBy::Anybody).await;
    assert!(matches!(refused, Err(FetchError::NotAllowed)));
    for url in ["ftp://1.1.1.1/", "https://a@1.1.1.1/", "file:///etc/passwd"] {
        let refused = ask(&named, url, ChosenBy::Operator).await;
        assert!(matches!(refused, Err(FetchError::Address(_))), "{url}");
    }
    for url in ["https://1.1.1.1:22/", "https://1.1.1.1:8443/"] {
        let refused = ask(&named, url, ChosenBy::Anybody).await;
        assert!(matches!(refused, Err(FetchError::Address(_))), "{url}");
    }
}

#[tokio::test]
async fn an_answer_is_taken_as_it_is_and_bounded() {
    let fetch = open(&["127.0.0.1"]);
    let moved =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nhi";
    let port = serve(moved, None).await;
    let url = format!("http://127.0.0.1:{port}/a?b=c");
    let answer = ask(&fetch, &url, ChosenBy::Operator).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.body[..]),
        (302, &b"hi"[..])
    );
    // Without a length the end of the connection is the end.
    let port = serve("HTTP/1.1 200 OK\r\n\r\nuntil it ends", None).await;
    let url = format!("http://127.0.0.1:{port}/");
    let answer = ask(&fetch, &url, ChosenBy::Operator).await.unwrap();
    assert_eq!(&answer.body[..], b"until it ends");
    let large = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(LARGEST + 1));
    let port = serve(large.leak(), None).await;
    let url = format!("http://127.0.0.1:{port}/");
    let refused = ask(&fetch, &url, ChosenBy::Operator).await;
    assert!(matches!(refused, Err(FetchError::TooLarge)), "{refused:?}");
    for garbage in [
        "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
    ] {
        let port = serve(garbage, None).await;
        let url = format!("http://127.0.0.1:{port}/");
        let refused = ask(&fetch, &url, ChosenBy::Operator).await;
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, FetchError::Http(_) | FetchError::Body(_)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn who_never_answers_is_given_up() {
    let inside = vec!["127.0.0.1".parse().unwrap()];
    let fetch = Fetch::new(inside, None, Duration::from_millis(50)).unwrap();
    let port = serve("", None).await;
    let url = format!("http://127.0.0.1:{port}/");
    let refused = ask(&fetch, &url, ChosenBy::Operator).await;
    assert!(matches!(refused, Err(FetchError::TooSlow)), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_is_believed_where_its_authority_is() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    std::fs::write(&path, cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let tls = TlsAcceptor::from(Arc::new(tls));
    let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
    let inside = || vec!["127.0.0.1".parse().unwrap()];
    for (fetch, is_believed) in [
        (Fetch::new(inside(), None, PATIENCE).unwrap(), false),
        (Fetch::new(inside(), Some(&path), PATIENCE).unwrap(), true),
    ] {
        let port = serve(ok, Some(tls.clone())).await;
        let url = format!("https://127.0.0.1:{port}/");
        let answer = ask(&fetch, &url, ChosenBy::Operator).await;
        assert_eq!(answer.is_ok(), is_believed, "{answer:?}");
    }
    assert!(Fetch::new(Vec::new(), Some(Path::new("/nowhere.pem")), PATIENCE).is_err());
}
