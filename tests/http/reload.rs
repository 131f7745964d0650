//! A policy that is replaced every 10 ms, while 10,000 requests run over connections that are kept.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tower_cors::{CorsLayer, Policy, Reloadable};

use crate::common::{ACAC, ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, INNER, ORIGIN};
use crate::{APP, Connection, PROTOCOLS, hello, text};

const CONNECTIONS: usize = 4;
const REQUESTS_OF_EACH: usize = 2_500;

/// Two policies that agree in no header.
fn policies() -> [Policy; 2] {
    let listed = Policy::allow_origins([APP]).allow_credentials();
    let listed = listed.allow_methods(["PUT"]).allow_headers(["x-a"]).expose_headers(["x-a"]);
    let any = Policy::allow_any_origin();
    let any = any.allow_methods(["DELETE"]).allow_headers(["x-b"]).expose_headers(["x-b"]);
    [listed.build().unwrap(), any.build().unwrap()]
}

/// What each policy says: to an actual request, and to a preflight.
const ACTUAL: [[(&str, Option<&str>); 3]; 2] = [
    [(ACAO, Some(APP)), (ACAC, Some("true")), (ACEH, Some("x-a"))],
    [(ACAO, Some("*")), (ACAC, None), (ACEH, Some("x-b"))],
];
const PREFLIGHT: [[(&str, Option<&str>); 4]; 2] = [
    [
        (ACAO, Some(APP)),
        (ACAC, Some("true")),
        (ACAM, Some("GET, HEAD, POST, PUT")),
        (ACAH, Some("x-a")),
    ],
    [(ACAO, Some("*")), (ACAC, None), (ACAM, Some("GET, HEAD, POST, DELETE")), (ACAH, Some("x-b"))],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_is_mixed() {
    let policy = Reloadable::new(policies()[0].clone());
    let replaces = policy.clone();
    let replacing = tokio::spawn(async move {
        let mut ticks = interval(Duration::from_millis(10));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for next in policies().into_iter().cycle() {
            ticks.tick().await;
            replaces.replace(next);
        }
    });
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|i| {
            let layer = CorsLayer::new(policy.clone());
            let protocol = PROTOCOLS[i % PROTOCOLS.len()];
            tokio::spawn(async move {
                let mut connection = Connection::open(protocol, layer, hello).await;
                let mut of = [0, 0];
                for i in 0..REQUESTS_OF_EACH {
                    of[one_exchange(&mut connection, i % 4 == 0).await] += 1;
                }
                connection.close().await;
                of
            })
        })
        .collect();
    for client in clients {
        let of = client.await.unwrap();
        assert_eq!(of.iter().sum::<usize>(), REQUESTS_OF_EACH);
        assert!(of.iter().all(|&responses| responses > 0), "both policies answered: {of:?}");
    }
    replacing.abort();
}

/// Which of the two policies a response is of, with all its headers.
async fn one_exchange(connection: &mut Connection, is_preflight: bool) -> usize {
    let asked = &[(ORIGIN, APP), (ACRM, "PUT"), (ACRH, "x-a")];
    let response = if is_preflight {
        connection.send("OPTIONS", asked).await
    } else {
        connection.send("GET", &asked[..1]).await
    };
    assert_eq!(response.status(), if is_preflight { 204 } else { 200 });
    let said = |name: &str| {
        let mut lines = response.headers().get_all(name).iter();
        let line = lines.next().map(|value| value.to_str().unwrap().to_owned());
        assert!(lines.next().is_none(), "{name} twice");
        line
    };
    let is_of = |lines: &[(&str, Option<&str>)]| {
        lines.iter().all(|(name, value)| said(name).as_deref() == *value)
    };
    let of = if is_preflight {
        PREFLIGHT.iter().position(|lines| is_of(lines))
    } else {
        ACTUAL.iter().position(|lines| is_of(lines))
    };
    let of = of.unwrap_or_else(|| panic!("of neither policy alone: {:?}", response.headers()));
    assert_eq!(text(response).await, if is_preflight { "" } else { INNER });
    of
}
