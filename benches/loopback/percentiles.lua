-- What wrk prints at the end in place of its own report, which stops at the 99th percentile.
function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("@ requests-per-second=%.0f p50-us=%d p99-us=%d p999-us=%d errors=%d\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99),
    latency:percentile(99.9), failed))
end
