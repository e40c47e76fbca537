/** Starts the viewer on the page `/api/docs`. Its policy lets no inline script run. */
export const VIEWER_SCRIPT =
  "window.addEventListener('DOMContentLoaded',()=>{window.SwaggerUIBundle({url:'openapi.json',dom_id:'#docs',deepLinking:true,docExpansion:'none'," +
  'defaultModelsExpandDepth:0,filter:true,displayRequestDuration:true,persistAuthorization:false,validatorUrl:null})});\n';

/** Every pair of colours that carries text has a contrast of at least 4.5 to 1, by day and by night. */
export const DOCS_STYLE =
  ':root{color-scheme:light dark}body{margin:0;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#16181d;background:#fff}' +
  'main{max-width:46rem;margin:0 auto;padding:2.5rem 1.25rem;overflow-wrap:anywhere}h1{margin:0 0 .5rem;font-size:1.75rem;line-height:1.25}h2{font-size:1.125rem;margin-top:2rem}' +
  '.kind{margin:0;color:#565b66;font-weight:600}code{font:0.9375em ui-monospace,Menlo,Consolas,monospace}ul{padding-left:1.25rem}li{margin:.5rem 0}a{color:#0b57d0}' +
  '@media(prefers-color-scheme:dark){body{color:#eceef2;background:#14161a}.kind{color:#a7adb9}main a{color:#a8c7fa}}' +
  // The viewer has colours for the day only.
  'body:has(#docs){color-scheme:light;color:#16181d;background:#fff}\n';
