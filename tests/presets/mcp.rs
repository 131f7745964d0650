//! MCP over Streamable HTTP: with sessions, as in revision 2025-11-25, and without, as in 2026-07-28.

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tower_cors::presets::{MCP_REQUEST_HEADERS, MCP_RESPONSE_HEADERS};
use tower_cors::testing::{Request, delete, get, post};

use crate::dialogue::{Dialogue, each_name_is_needed, expect, read};
use crate::page;

const SESSION: &str = "1868a90c";

/// Refuses whatever a client must not leave out.
async fn server(method: Method, headers: HeaderMap, body: String) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("authorization") != "Bearer token" {
        let metadata = "Bearer resource_metadata=\"https://mcp.example.net/.well-known/x\"";
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", metadata)]).into_response();
    }
    let accepts_both = header("accept") == "application/json, text/event-stream";
    let has_session = header("mcp-session-id") == SESSION;
    let message: Value = serde_json::from_str(&body).unwrap_or_default();
    match (method.as_str(), header("mcp-protocol-version")) {
        ("POST", _) if header("content-type") != "application/json" || !accepts_both => {
            StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response()
        }
        ("POST", "") if message["method"] == "initialize" => {
            ([("mcp-session-id", SESSION)], result(&message)).into_response()
        }
        ("POST", "2025-11-25") if has_session => {
            let event = format!("id: 7\ndata: {}\n\n", result(&message));
            ([("content-type", "text/event-stream")], event).into_response()
        }
        ("GET", "2025-11-25") if has_session && header("last-event-id") == "7" => {
            ([("content-type", "text/event-stream")], "id: 8\ndata: {}\n\n").into_response()
        }
        ("DELETE", "2025-11-25") if has_session => StatusCode::NO_CONTENT.into_response(),
        ("POST", "2026-07-28")
            if message["method"] == header("mcp-method")
                && message["params"]["name"] == header("mcp-name") =>
        {
            result(&message).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn result(request: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": request["id"], "result": {} }).to_string()
}

const ENDPOINT: &str = "https://mcp.example.net/mcp";

fn message(method: &str) -> Request {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": method, "params": { "name": "get_weather" },
    });
    post(ENDPOINT).header("accept", "application/json, text/event-stream").json(message.to_string())
}

async fn dialogue(request_headers: &[&str], response_headers: &[&str]) -> Dialogue {
    let server = Router::new().fallback(server);
    let mut page = page(server, &["DELETE"], request_headers, response_headers);
    let authorized = |request: Request| request.header("authorization", "Bearer token");

    // Where to get a token.
    let answer = page.fetch(message("initialize")).await?;
    read(&answer, 401, "www-authenticate")?;

    // With a session.
    let answer = page.fetch(authorized(message("initialize"))).await?;
    let session = read(&answer, 200, "mcp-session-id")?;
    let in_session = |request: Request| {
        let request = authorized(request).header("mcp-session-id", &session);
        request.header("mcp-protocol-version", "2025-11-25")
    };
    expect(&page.fetch(in_session(message("tools/call"))).await?, 200)?;
    let resumed = get(ENDPOINT).header("accept", "text/event-stream").header("last-event-id", "7");
    expect(&page.fetch(in_session(resumed)).await?, 200)?;
    expect(&page.fetch(in_session(delete(ENDPOINT))).await?, 204)?;

    // Without.
    let call = authorized(message("tools/call"))
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", "get_weather");
    expect(&page.fetch(call).await?, 200)
}

#[tokio::test]
async fn names() {
    each_name_is_needed(MCP_REQUEST_HEADERS, MCP_RESPONSE_HEADERS, dialogue).await;
}
