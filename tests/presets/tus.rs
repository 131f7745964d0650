//! tus 1.0.0 with all extensions whose headers a page can send.

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower_cors::presets::{TUS_REQUEST_HEADERS, TUS_RESPONSE_HEADERS};
use tower_cors::testing::{Request, delete, head, options, patch, post};

use crate::dialogue::{Dialogue, each_name_is_needed, expect, read};
use crate::page;

const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
const EXPIRES: (&str, &str) = ("upload-expires", "Wed, 25 Jun 2031 16:00:00 GMT");
const METADATA: &str = "filename d29ybGQucGRm";

/// A server for the uploads of the dialogue: `/files/1` is complete after 11 bytes, the length of
/// `/files/2` is not known. It refuses what a client must not do.
async fn server(method: Method, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if method == Method::OPTIONS {
        let extensions = "creation,creation-defer-length,expiration,checksum,concatenation";
        let headers = [
            VERSION,
            ("tus-version", "1.0.0,0.2.2"),
            ("tus-extension", extensions),
            ("tus-max-size", "1073741824"),
            ("tus-checksum-algorithm", "sha1"),
        ];
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    if header("tus-resumable") != "1.0.0" {
        let headers = [VERSION, ("tus-version", "1.0.0,0.2.2")];
        return (StatusCode::PRECONDITION_FAILED, headers).into_response();
    }
    let method = match header("x-http-method-override") {
        "" => method.as_str(),
        method => method,
    };
    let created = |location| {
        (StatusCode::CREATED, [VERSION, ("location", location), EXPIRES]).into_response()
    };
    match (method, uri.path(), header("upload-concat")) {
        ("POST", "/files", "partial")
            if header("upload-length") == "11" && header("upload-metadata") == METADATA =>
        {
            created("/files/1")
        }
        ("POST", "/files", "") if header("upload-defer-length") == "1" => created("/files/2"),
        ("POST", "/files", "final;/files/1") => created("/files/3"),
        ("HEAD", "/files/1", _) => {
            let about = [("upload-length", "11"), ("upload-metadata", METADATA)];
            ([VERSION, ("upload-offset", "0"), ("upload-concat", "partial")], about).into_response()
        }
        ("HEAD", "/files/2", _) => {
            ([VERSION, ("upload-offset", "0"), ("upload-defer-length", "1")]).into_response()
        }
        ("PATCH", "/files/1", _)
            if header("content-type") == "application/offset+octet-stream"
                && header("upload-offset") == "0"
                && header("upload-checksum") == "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="
                && body == "hello world" =>
        {
            (StatusCode::NO_CONTENT, [VERSION, ("upload-offset", "11"), EXPIRES]).into_response()
        }
        ("DELETE", _, _) => (StatusCode::NO_CONTENT, [VERSION]).into_response(),
        _ => (StatusCode::BAD_REQUEST, [VERSION]).into_response(),
    }
}

fn url(path: &str) -> String {
    format!("https://tus.example.net{path}")
}

async fn dialogue(request_headers: &[&str], response_headers: &[&str]) -> Dialogue {
    let server = Router::new().fallback(server);
    let methods = ["PATCH", "DELETE", "OPTIONS"];
    let mut page = page(server, &methods, request_headers, response_headers);
    let tus = |request: Request| request.header("tus-resumable", "1.0.0");

    let answer = page.fetch(options(url("/files"))).await?;
    for name in ["tus-version", "tus-extension", "tus-max-size", "tus-checksum-algorithm"] {
        read(&answer, 204, name)?;
    }

    let create = tus(post(url("/files")))
        .header("upload-length", "11")
        .header("upload-metadata", METADATA)
        .header("upload-concat", "partial");
    let answer = page.fetch(create).await?;
    read(&answer, 201, "tus-resumable")?;
    read(&answer, 201, "upload-expires")?;
    let upload = url(&read(&answer, 201, "location")?);

    let answer = page.fetch(tus(head(&upload))).await?;
    for name in ["upload-length", "upload-metadata", "upload-concat"] {
        read(&answer, 200, name)?;
    }
    let offset = read(&answer, 200, "upload-offset")?;

    let send = tus(patch(&upload))
        .header("upload-offset", offset)
        .header("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")
        .body("hello world", Some("application/offset+octet-stream"));
    let answer = page.fetch(send).await?;
    read(&answer, 204, "upload-offset")?;

    let join = tus(post(url("/files"))).header("upload-concat", "final;/files/1");
    read(&page.fetch(join).await?, 201, "location")?;

    let deferred = tus(post(url("/files"))).header("upload-defer-length", "1");
    let upload = url(&read(&page.fetch(deferred).await?, 201, "location")?);
    read(&page.fetch(tus(head(&upload))).await?, 200, "upload-defer-length")?;
    expect(&page.fetch(tus(delete(&upload))).await?, 204)?;
    let overridden = tus(post(&upload)).header("x-http-method-override", "DELETE");
    expect(&page.fetch(overridden).await?, 204)
}

#[tokio::test]
async fn names() {
    each_name_is_needed(TUS_REQUEST_HEADERS, TUS_RESPONSE_HEADERS, dialogue).await;
}
