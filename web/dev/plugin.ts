import type { Plugin } from "vite";
import { createFakeGateway } from "./fake.ts";

/** Answers /api from memory, so that the front end can be worked on without the service: `npm run dev:fake`. */
export function fakeServer(): Plugin {
  const handler = createFakeGateway();
  return {
    name: "iroiro-fake-gateway",
    configureServer: (server) => void server.middlewares.use(handler),
    configurePreviewServer: (server) => void server.middlewares.use(handler),
  };
}
