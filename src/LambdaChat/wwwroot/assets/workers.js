// The addresses of the page's worker scripts. The policy of the page allows no other ones.

const addresses = { offline: "sw.js", pdf: "vendor/pdfjs-dist/legacy/build/pdf.worker.min.mjs" };
const policy = window.trustedTypes?.createPolicy("workers", { createScriptURL: (name) => addresses[name] });

/** The address of a worker script: `offline` or `pdf`. */
export function workerAddress(name) {
  return policy ? policy.createScriptURL(name) : addresses[name];
}
