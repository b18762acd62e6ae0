// Maps error codes to a title and an instruction for the user.
import { language, t } from "./texts.js";

/** The kind of each code that the function or this page sets. A test compares the codes with the function's. */
export const codes = {
  invalid_api_key: "key", invalid_token: "key", insufficient_scope: "key",
  origin_not_allowed: "origin",
  wrong_origin: "address", unknown_path: "address", method_not_allowed: "address",
  model_is_starting: "starting",
  rate_limit_exceeded: "busy", upstream_unavailable: "busy",
  insufficient_quota: "quota",
  limits_unavailable: "unavailable", keys_unreachable: "unavailable", issuer_unreachable: "unavailable", internal_error: "unavailable",
  context_length_exceeded: "context",
  request_too_large: "large", request_timeout: "other", server_overloaded: "busy",
  reply_too_long: "long",
  model_not_found: "model",
  upstream_access_denied: "setup", upstream_invalid_target: "setup", no_credentials: "setup", role_denied: "setup",
  upstream_credentials_expired: "setup", upstream_credentials_invalid: "setup", upstream_wrong_task: "setup",
  upstream_timeout: "slow", model_silent: "slow", reply_too_slow: "slow", deadline_exceeded: "slow",
  upstream_stream_broken: "broken", upstream_stream_corrupt: "broken", upstream_connection_lost: "broken",
  upstream_reply_incomplete: "broken", upstream_reply_aborted: "broken", upstream_failure: "broken",
  upstream_event_too_long: "broken", connection_lost: "broken",
  unreachable: "unreachable", upstream_unreachable: "unreachable",
  interrupted: "interrupted",
  model_error: "other", invalid_request: "other", unsupported_media_type: "other", ambiguous_api_key: "other",
  client_closed_request: "other", missing_required_parameter: "other", invalid_type: "other", invalid_value: "other",
  integer_below_min_value: "other", integer_above_max_value: "other",
  empty_array: "other", empty_string: "other", array_above_max_length: "other", string_above_max_length: "other",
  reply_cancelled: "other", reply_in_progress: "other", completion_not_found: "broken", reply_lost: "broken",
  store_off: "other", store_unavailable: "unavailable",
};

const kindsByStatus = { 401: "key", 403: "key", 413: "large", 429: "busy" };

export function kindOf(fault) {
  const byStatus = kindsByStatus[fault.status] ?? (fault.status >= 500 ? "unavailable" : "other");
  const kind = Object.hasOwn(codes, fault.code) ? codes[fault.code] : byStatus;
  return kind === "broken" && fault.status ? "failed" : kind; // An error with an HTTP status came before any text.
}

const continued = ["slow", "broken", "interrupted"]; // Their advice is to continue the text.

/**
 * The texts of an error: `{ title, advice, details }`. The details hold the API's message, the code, the status and the request id.
 * `hasText` says whether a part of the reply can be continued.
 */
export function explain(fault, hasText = false) {
  const kind = kindOf(fault);
  const wait = fault.retryAfter ? t("retryIn", later(fault.retryAfter)) : "";
  const parts = [fault.message, fault.code, fault.status && `HTTP ${fault.status}`, fault.requestId];
  const advice = t(`advice_${!hasText && continued.includes(kind) ? "failed" : kind}`) + wait;
  return { title: t(`fault_${kind}`), advice, details: parts.filter(Boolean).join(" · ") };
}

// A time in the largest unit of which there are two.
function later(seconds) {
  const units = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? units[3];
  return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / size), unit);
}
