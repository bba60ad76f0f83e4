"""Pages that stand where an article should be: challenges, blocks, soft 404s. None may become a version."""

from __future__ import annotations

JSL = (
    b"<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e')+('a')+('r')+('a')+('n')+"
    b"('c')+('e')+('_')+('s')+('=')+(-~[]+'')+(4+5+'')+'.'+(8+'')+'|'+('-')+(1+'')+'|'+'aQ9zT0'+'%'+'3D'"
    b"+(';')+('m')+('a')+('x')+('-')+('a')+('g')+('e')+('=')+(3600+'')+(';path=/');"
    b"location.href=location.pathname+location.search</script>"
)
RS = (
    b'<!DOCTYPE html><html><head><meta charset="utf-8"><meta content="Kq3x0nPz" r=\'m\'>'
    b"<script type=\"text/javascript\" r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=20481;"
    b'$_ts.cd="qrcbqalorcLEragl";if($_ts.lcd)$_ts.lcd();</script>'
    b"<script src=\"/h7Fq0pLr/c.bda3c6f.js\" r='m'></script></head><body></body></html>"
)
ENABLE_SCRIPT = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>安全验证</title></head><body>"
    "<noscript>请开启JavaScript并刷新该页</noscript><p>正在进行安全验证，请稍候……</p>"
    "<script>setTimeout(function(){document.cookie='v=1';location.reload()},1500)</script></body></html>"
).encode()
WAF = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>访问被阻断</title></head><body>"
    "<div class='wrap'><h1>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</h1>"
    "<p>您的请求ID是：7f0c1a5e2d8b4c63</p><p>如有疑问，请联系网站管理员。</p></div></body></html>"
).encode()
NOT_FOUND = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>页面不存在</title></head><body>"
    "<h2>抱歉，您访问的页面不存在或已被删除</h2><p>系统将在 <em>5</em> 秒后返回首页。</p>"
    "<p><a href='/'>返回首页</a></p></body></html>"
).encode()
BLOCKED = (
    "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center>"
    "<p>当前访问疑似黑客攻击，已被创宇盾拦截。</p><hr><center>365cyd block page</center></body></html>"
).encode()
