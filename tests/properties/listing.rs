//! 6. What a policy lists back builds an equal policy; the order of patterns within a rule, of
//!    methods and of header names, does not matter.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::config;
use crate::described::{build, place, policy};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_a_policy_lists_builds_an_equal_one((rules, policy) in policy(), place in place()) {
        // Closures cannot be listed.
        if rules.iter().all(|rule| rule.closure.is_none()) {
            let again = policy.config().unwrap().build().unwrap();
            prop_assert_eq!(&again, &policy);
            prop_assert_eq!(again.to_string(), policy.to_string());
            let origin = place.map_or_else(|| "null".to_owned(), |place| place.to_string());
            prop_assert_eq!(again.allows_origin(&origin), policy.allows_origin(&origin));
        }
    }

    #[test]
    fn order_within_a_rule_does_not_matter(
        (mut rules, policy) in policy(),
        swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 0..8),
        place in place(),
    ) {
        let has_closures = rules.iter().any(|rule| rule.closure.is_some());
        for rule in &mut rules {
            shuffle(&mut rule.origins, &swaps);
            shuffle(&mut rule.methods, &swaps);
            shuffle(&mut rule.headers, &swaps);
            shuffle(&mut rule.exposed, &swaps);
        }
        let shuffled = build(&rules).unwrap();
        prop_assert!(has_closures || shuffled == policy, "{:?} {:?}", shuffled, policy);
        prop_assert_eq!(shuffled.to_string(), policy.to_string());
        let origin = place.map_or_else(|| "null".to_owned(), |place| place.to_string());
        prop_assert_eq!(shuffled.allows_origin(&origin), policy.allows_origin(&origin));
    }
}

fn shuffle<T>(list: &mut [T], swaps: &[(Index, Index)]) {
    for (a, b) in swaps.iter().filter(|_| !list.is_empty()).collect::<Vec<_>>() {
        list.swap(a.index(list.len()), b.index(list.len()));
    }
}
