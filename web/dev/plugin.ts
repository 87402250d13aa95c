import type { Plugin } from "vite";
import { createFakeGateway } from "./fake.ts";

/** The policy the gateway sends (bot/http/headers.py); the built pages must work under it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Answers /api from memory, so that the front end can be worked on without the service: `npm run dev:fake`.
 * With `vite preview` it serves the built pages under the gateway's own policy.
 */
export function fakeServer(): Plugin {
  const handler = createFakeGateway();
  return {
    name: "iroiro-fake-gateway",
    configureServer: (server) => void server.middlewares.use(handler),
    configurePreviewServer: (server) =>
      void server.middlewares.use((req, res, next) => {
        res.setHeader("Content-Security-Policy", POLICY);
        handler(req, res, next);
      }),
  };
}
