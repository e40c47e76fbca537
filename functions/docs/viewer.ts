/** Starts the viewer on the page `/api/docs`. Its policy lets no inline script run. */
export const VIEWER_SCRIPT =
  "window.addEventListener('DOMContentLoaded',()=>{window.SwaggerUIBundle({url:'openapi.json',dom_id:'#docs',deepLinking:true,docExpansion:'none'," +
  'defaultModelsExpandDepth:0,filter:true,displayRequestDuration:true,persistAuthorization:false,validatorUrl:null,' +
  // A path is a link within a button, which neither a mouse nor a reader can tell apart: it is text, and opening it is its link.
  "plugins:[({React})=>({components:{DeepLink:({text})=>React.createElement('span',null,text)}})]," +
  // What the viewer leaves without a name, and headings that skip a level. Its colours of examples are too light.
  "syntaxHighlight:{activated:false},onComplete:()=>{document.getElementById('servers')?.setAttribute('aria-label','Server');" +
  "document.querySelector('.operation-filter-input')?.setAttribute('aria-label','Filter by tag or path');" +
  // The same in each operation that is opened later: tables of answers are no landmarks, and headings follow those of the tags.
  "const mend=()=>{for(const [what,level] of [['h3.opblock-tag,.models h4','2'],['.opblock h4','3'],['.opblock h5','4']])" +
  "for(const each of document.querySelectorAll(what+':not([aria-level])'))each.setAttribute('aria-level',level);" +
  "for(const each of document.querySelectorAll('table[role=region]'))each.removeAttribute('role');" +
  "for(const each of document.querySelectorAll('.opblock pre:not([tabindex])'))each.setAttribute('tabindex','0');" +
  "for(const each of document.querySelectorAll('tr[data-param-name] select:not([aria-label])'))each.setAttribute('aria-label',each.closest('tr').dataset.paramName)};" +
  "mend();new MutationObserver(mend).observe(document.getElementById('docs'),{childList:true,subtree:true});" +
  "for(const [part,name] of [['.information-container','About'],['.schemes-server-container','Server and sign-in'],['.filter-container','Filter']]){" +
  "const found=document.querySelector(part);found?.setAttribute('role','region');found?.setAttribute('aria-label',name)}}})});\n";

/** Every pair of colours that carries text has a contrast of at least 4.5 to 1, by day and by night. */
export const DOCS_STYLE =
  ':root{color-scheme:light dark}body{margin:0;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#16181d;background:#fff}' +
  'main{max-width:46rem;margin:0 auto;padding:2.5rem 1.25rem;overflow-wrap:anywhere}h1{margin:0 0 .5rem;font-size:1.75rem;line-height:1.25}h2{font-size:1.125rem;margin-top:2rem}' +
  '.kind{margin:0;color:#565b66;font-weight:600}code{font:0.9375em ui-monospace,Menlo,Consolas,monospace}ul{padding-left:1.25rem}li{margin:.5rem 0}a{color:#0b57d0}' +
  '@media(prefers-color-scheme:dark){body{color:#eceef2;background:#14161a}.kind{color:#a7adb9}main a{color:#a8c7fa}}' +
  // The viewer has colours for the day only.
  'body:has(#docs){color-scheme:light;color:#16181d;background:#fff}' +
  'body .swagger-ui .info .title small{background:#4b5563}body .swagger-ui .info .title small.version-stamp{background:#3f6212}' +
  'body .swagger-ui .info .title small pre{color:#fff}body .swagger-ui .info a,body .swagger-ui .info .url,body .swagger-ui .link{color:#0b57d0}' +
  'body .swagger-ui .btn.authorize{color:#14613b;border-color:#14613b}body .swagger-ui .btn.authorize svg{fill:#14613b}' +
  'body .swagger-ui .opblock.opblock-get .opblock-summary-method{background:#1f4b99}body .swagger-ui .opblock .opblock-summary-method{text-shadow:none}' +
  'body .swagger-ui .parameter__in,body .swagger-ui .parameter__deprecated,body .swagger-ui .prop-format{color:#4b5563}' +
  'body .swagger-ui .markdown code,body .swagger-ui .renderedMarkdown code{color:#6b1fb3}' +
  'body .swagger-ui .opblock.opblock-delete .opblock-summary-method{background:#b3261e}' +
  'body .swagger-ui .opblock.opblock-post .opblock-summary-method{background:#14613b}body .swagger-ui .opblock.opblock-put .opblock-summary-method{background:#8a4600}' +
  'body .swagger-ui .opblock.opblock-patch .opblock-summary-method{background:#0f5c66}\n';
