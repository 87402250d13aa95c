/** Value of a design token; replaced at build time by build/tokens.ts. */
declare function token(name: string): string;
