//! 4. Two layers stacked, whatever their policies, never permit more than the outer one.

use http::header::VARY;
use proptest::prelude::*;
use tower::{Layer, service_fn};
use tower_cors::CorsLayer;
use tower_cors::testing::Answer;

use crate::described::{asked, page, policy, policy_and_place};
use crate::{app, block_on, config};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_outer_layer_decides(
        (_, outer, place) in policy_and_place(),
        (_, inner) in policy(),
        asked in prop::collection::vec(asked(), 1..3),
    ) {
        let alone = CorsLayer::new(outer.clone()).layer(service_fn(app));
        let stacked =
            CorsLayer::new(outer).layer(CorsLayer::new(inner).layer(service_fn(app)));
        let (mut alone, mut stacked) = (page(place.as_ref(), alone), page(place.as_ref(), stacked));
        for asked in asked {
            let url = "https://api.test/";
            let permitted = block_on(alone.fetch(asked.request(url)));
            let answer = block_on(stacked.fetch(asked.request(url)));
            prop_assert_eq!(answer.is_ok(), permitted.is_ok(), "{:?}", answer);
            if let (Ok(answer), Ok(permitted)) = (answer, permitted) {
                // The inner layer's response may vary though the outer layer's does not.
                let but_vary = |answer: &Answer| {
                    let mut headers = answer.headers().clone();
                    headers.remove(VARY);
                    headers
                };
                prop_assert_eq!(but_vary(&answer), but_vary(&permitted));
            }
        }
    }
}
