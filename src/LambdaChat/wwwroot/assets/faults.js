// Maps error codes to a title and an instruction for the user.
import { t } from "./texts.js";

const kinds = [
  ["key", /^(invalid_api_key|invalid_token|insufficient_scope|access_denied)$/],
  ["starting", /^(model_is_starting)$/],
  ["busy", /^(rate_limit_exceeded|upstream_unavailable|insufficient_quota|quota_exceeded|concurrency_exceeded)$/],
  ["context", /^context_length_exceeded$/],
  ["model", /^model_not_found$/],
  ["setup", /^(upstream_access_denied|upstream_invalid_target|no_credentials)$/],
  ["slow", /^(upstream_timeout|model_silent|reply_too_slow|deadline_exceeded)$/],
  ["broken", /^(upstream_stream_broken|upstream_stream_corrupt|upstream_connection_lost|upstream_reply_incomplete|upstream_failure|upstream_event_too_long|connection_lost)$/],
  ["unreachable", /^(unreachable|upstream_unreachable)$/],
  ["interrupted", /^interrupted$/],
];

/** The kind of an error, which is the key of its texts. */
export function kindOf(fault) {
  const kind = kinds.find(([, pattern]) => pattern.test(fault.code));
  if (kind) {
    return kind[0] === "broken" && fault.status ? "failed" : kind[0]; // An error with an HTTP status came before any text.
  }
  return fault.status === 401 || fault.status === 403 ? "key" : fault.status === 413 ? "large" : fault.status === 429 ? "busy" : "other";
}

/** The texts of an error: `{ title, advice, details }`. The details hold the API's message, the code, the status and the request id. */
export function explain(fault) {
  const kind = kindOf(fault);
  const wait = fault.retryAfter ? ` ${t("retryIn", fault.retryAfter)}` : "";
  const parts = [fault.message, fault.code, fault.status && `HTTP ${fault.status}`, fault.requestId];
  return { title: t(`fault_${kind}`), advice: t(`advice_${kind}`) + wait, details: parts.filter(Boolean).join(" · ") };
}
