/** Sigma reads constants of WebGL when it is loaded; where the browser has no such interface the rest of the page must still start. */
globalThis.WebGLRenderingContext ??= class {};
globalThis.WebGL2RenderingContext ??= class {};
