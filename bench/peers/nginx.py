"""nginx with files on the disk: the very bytes Palabre serves, and their pre-compressed .gz and .br."""
import os
import time

import harness

BROTLI_MODULE = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
SUFFIXES = {"identity": "", "gzip": ".gz", "br": ".br"}

SETTINGS = """\
%(module)s
%(user)s
worker_processes 1;
daemon off;
pid %(folder)s/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
    access_log off;
    default_type "text/html; charset=utf-8";
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    open_file_cache max=100;
    gzip_static on;
    %(brotli)s
    client_body_temp_path %(folder)s/t1;
    proxy_temp_path %(folder)s/t2;
    fastcgi_temp_path %(folder)s/t3;
    uwsgi_temp_path %(folder)s/t4;
    scgi_temp_path %(folder)s/t5;
    server {
        listen 127.0.0.1:%(port)d;
        %(location)s
    }
}
"""


def start(bench, folder, location, brotli=False):
    """nginx with one server block; gives its process and port."""
    port = harness.free_port()
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(SETTINGS % {"folder": folder, "port": port, "user": "user root;" if os.getuid() == 0 else "",
                            "module": "load_module %s;" % BROTLI_MODULE if brotli else "",
                            "brotli": "brotli_static on;" if brotli else "", "location": location})
    return bench.start(["nginx", "-c", path, "-p", folder], lambda: bool(harness.fetch(port, "/"))), port


class Nginx:
    name, connections, length = "nginx", 64, None

    def __init__(self, bench, bodies):
        folder = bench.subfolder("nginx")
        files = os.path.join(folder, "files")
        os.mkdir(files)
        when = time.time()
        for encoding, suffix in SUFFIXES.items():
            name = os.path.join(files, "page.html" + suffix)
            with open(name, "wb") as f:
                f.write(bodies[encoding])
            os.utime(name, (when, when))
        self.brotli = os.path.exists(BROTLI_MODULE)
        self.process, self.port = start(bench, folder, "root %s;" % files, self.brotli)
        self.path = "/page.html"

    def pids(self):
        return harness.family(self.process.pid)
