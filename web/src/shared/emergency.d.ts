declare module "virtual:emergency-words" {
  /** locale → key → words, for the few keys that must be readable before the gateway ever answered. */
  const words: Record<string, Record<string, string>>;
  export default words;
}
