//! What the public types are by themselves, checked by the compiler.

use std::fmt::Debug;
use std::future::Ready;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use http::{HeaderName, Method, Response};
#[cfg(feature = "reload")]
use tower_cors::Reloadable;
use tower_cors::{
    AtOnce, BuildError, ConfigError, ConfigErrorKind, Cors, CorsLayer, Decision, Entry, Lookup,
    MayBeCredentialed, Origin, OriginPattern, OriginPatternError, OriginPatternErrorKind, Place,
    Policy, PolicyBuilder, PolicyConfig, PolicyFn, PolicyFutureFn, PolicyRef, PolicyRules,
    PreflightStatus, RedundantOrigin, Refusal, RequestHead, RequestKind, ResponseFuture,
    ResponseHeaders, RuleConfig, Uncredentialed,
};

use crate::common::{get, response};
use crate::under_way::start;

const fn can_be_shared<T: Send + Sync + Unpin + Debug>() {}
const fn outlives_all<T: 'static>() {}
const fn survives_panics<T: UnwindSafe + RefUnwindSafe>() {}
const fn can_be_copied<T: Copy>() {}
const fn can_be_cloned<T: Clone>() {}
const fn is_an_error<T: std::error::Error>() {}
const fn is_a_future<T: std::future::Future>() {}
const fn can_be_sent<T: Send>() {}

type Future = Ready<Result<Response<&'static str>, ()>>;

macro_rules! assert_all {
    ($($check:ident: $($type:ty),+;)+) => { const _: () = { $( $( $check::<$type>(); )+ )+ }; };
}

assert_all! {
    can_be_shared: Policy, PolicyBuilder<Uncredentialed>, PolicyBuilder<MayBeCredentialed>, PolicyRules,
        Entry<OriginPattern>, Entry<Method>, Entry<HeaderName>, PolicyConfig, RuleConfig, RedundantOrigin,
        Uncredentialed, MayBeCredentialed;
    can_be_shared: OriginPattern, OriginPatternError, OriginPatternErrorKind, Origin<'_>;
    can_be_shared: BuildError, ConfigError, ConfigErrorKind, Place;
    can_be_shared: Decision<'_>, ResponseHeaders, PolicyRef<'_>, Refusal, RequestKind, RequestHead<'_>;
    can_be_shared: CorsLayer, Cors<()>, PreflightStatus, Lookup<'_, Future>, AtOnce,
        ResponseFuture<Future, AtOnce>, ResponseFuture<Future, Ready<Policy>>;
    can_be_shared: PolicyFn<fn(RequestHead<'_>) -> Policy>, PolicyFutureFn<fn(RequestHead<'_>) -> Ready<Policy>>;

    outlives_all: Policy, PolicyBuilder<Uncredentialed>, PolicyBuilder<MayBeCredentialed>, PolicyRules,
        Entry<OriginPattern>, RedundantOrigin, OriginPattern, OriginPatternError, BuildError,
        ConfigError, Place, ResponseHeaders, Refusal, RequestKind, CorsLayer, Cors<()>,
        PreflightStatus, Lookup<'static, Future>, AtOnce, ResponseFuture<Future, AtOnce>;

    // Not those with a policy in them, for the sake of its closures, nor a request's extensions.
    survives_panics: Entry<OriginPattern>, Entry<Method>, Entry<HeaderName>, RedundantOrigin,
        Uncredentialed, MayBeCredentialed, OriginPattern, OriginPatternError, OriginPatternErrorKind,
        Origin<'_>, BuildError, ConfigError, Place, Refusal, ResponseHeaders, RequestKind,
        PreflightStatus, AtOnce;

    can_be_copied: Origin<'_>, Decision<'_>, RequestKind, RequestHead<'_>, PreflightStatus;

    can_be_cloned: Policy, PolicyBuilder<Uncredentialed>, PolicyBuilder<MayBeCredentialed>, PolicyRules,
        Entry<Method>, RedundantOrigin, OriginPattern, OriginPatternError, OriginPatternErrorKind,
        BuildError, ConfigError, Place, ResponseHeaders, Refusal, CorsLayer, Cors<()>, Lookup<'_, ()>;
    // Whatever the closure is.
    can_be_cloned: PolicyFn<NotClone>, PolicyFutureFn<NotClone>;

    is_an_error: BuildError, ConfigError, OriginPatternError, Refusal;
}

struct NotClone;

#[cfg(feature = "reload")]
assert_all! {
    can_be_shared: Reloadable;
    outlives_all: Reloadable;
    can_be_cloned: Reloadable;
}

/// A future is `Send` when what it waits for is, whatever else the service holds.
#[test]
fn response_futures_of_threads_and_of_one_thread() {
    can_be_sent::<ResponseFuture<Future, AtOnce>>();
    can_be_sent::<ResponseFuture<std::future::Pending<Result<Response<()>, ()>>, Ready<Policy>>>();
    // One that is not `Send` works all the same.
    is_a_future::<ResponseFuture<Ready<Result<Response<Rc<()>>, ()>>, AtOnce>>();
}

#[test]
fn debug_says_what_a_future_waits_for() {
    let mut under_way = start(get(&[]), &[], |layer| layer);
    assert!(under_way.task.poll().is_pending());
    assert_eq!(under_way.task.debug(), "ResponseFuture::ActualLater");
    under_way.inner.open(Ok(response(200, &[])));
    under_way.lookup.open(crate::policy());
    assert!(under_way.task.finish().is_ok());
}
