//! What is wrong with the application rather than with a request: at `WARN`, once a process.

use http::Request;
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Policy};

use crate::common::{ACAO, ORIGIN, exchange, get, now, response};
use crate::printed;

fn layer() -> CorsLayer {
    CorsLayer::new(Policy::allow_origins(["https://app.warn.test"]).build().unwrap())
}

#[test]
fn headers_of_the_applications_own_are_removed() {
    let lines = printed("warn", || {
        let allowed = || get(&[(ORIGIN, "https://app.warn.test")]);
        let kept = CorsLayer::keep_inner_headers;
        drop(exchange(&kept(layer()), allowed(), response(200, &[(ACAO, "*")])));
        drop(exchange(&layer(), allowed(), response(200, &[])));
    });
    assert_eq!(lines, [""; 0]);
    let lines = printed("warn", || {
        for _ in 0..2 {
            drop(exchange(&layer(), get(&[]), response(200, &[(ACAO, "*")])));
        }
    });
    assert_eq!(
        lines,
        [
            "WARN tower_cors: removed Access-Control-* headers that the service inside the CORS layer had \
          set: is CORS configured twice? Keep one of the two; `keep_inner_headers()` keeps the service's"
        ]
    );
}

#[test]
fn the_application_ends_in_an_error() {
    let fail = |request: Request<()>| {
        let failing =
            service_fn(|_| std::future::ready(Err::<http::Response<()>, _>("out of order")));
        assert_eq!(now(layer().layer(failing).call(request)).unwrap_err(), "out of order");
    };
    assert_eq!(printed("warn", || fail(get(&[]))), [""; 0]);
    let lines = printed("warn", || {
        for origin in ["https://app.warn.test", "https://stranger.warn.test"] {
            fail(get(&[(ORIGIN, origin)]));
        }
    });
    assert_eq!(
        lines,
        [
            "WARN tower_cors: the service inside the CORS layer ended in an error on a CORS request, so \
          there is no response to add headers to: the browser will call this a CORS error. Turn errors \
          into responses inside the layer"
        ]
    );
}
