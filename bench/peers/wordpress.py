"""WordPress from Debian: php-fpm with opcache and MariaDB by hand, through nginx. As shipped, with comments in pages of
fifty, held for moderation, no mail to moderators, and its flood check off (all the load comes from one address)."""
import json
import os
import shutil
import signal
import subprocess
import urllib.parse

import harness
from peers import nginx

SETTINGS = """\
<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(socket)s'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', 'http://127.0.0.1:%(port)d'); define('WP_SITEURL', 'http://127.0.0.1:%(port)d');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT',
          'LOGGED_IN_SALT', 'NONCE_SALT'] as $name) define($name, $name . ' of a benchmark');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
NO_FLOOD_CHECK = """\
<?php
add_filter('comment_flood_filter', '__return_false', 99);
add_filter('wp_is_comment_flood', '__return_false', 99);
"""
INSTALL = """\
<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1'; $_SERVER['REQUEST_URI'] = '/'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
function wp_mail() { return true; }
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install("Banc d'essai", 'redaction', 'redaction@example.org', true, '', 'un mot de passe assez long');
foreach (['page_comments' => 1, 'comments_per_page' => 50, 'default_comments_page' => 'oldest',
          'comments_notify' => 0, 'moderation_notify' => 0, 'comment_moderation' => 1] as $name => $value)
    update_option($name, $value);
$article = json_decode(file_get_contents(__DIR__ . '/article.json'), true);
$id = wp_insert_post(['post_title' => $article['title'], 'post_content' => $article['body'],
                      'post_status' => 'publish', 'post_date' => $article['when'], 'comment_status' => 'open']);
foreach ($article['messages'] as $m)
    $wpdb->insert($wpdb->comments, ['comment_post_ID' => $id, 'comment_author' => $m['name'],
        'comment_author_email' => $m['email'], 'comment_author_url' => '', 'comment_author_IP' => $m['address'],
        'comment_date' => $m['when'], 'comment_date_gmt' => $m['when'], 'comment_content' => $m['text'],
        'comment_approved' => 1, 'comment_type' => 'comment', 'comment_agent' => '']);
wp_update_comment_count_now($id);
$wp_rewrite->init();
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
flush_rewrite_rules();
echo "path=" . parse_url(get_permalink($id), PHP_URL_PATH) . "\\nid=$id\\n";
"""
POOL = """\
[global]
error_log = %(folder)s/fpm.log
daemonize = no
[www]
listen = %(folder)s/fpm.socket
user = %(user)s
group = %(user)s
listen.backlog = 1024
pm = static
pm.max_children = 8
"""
LOCATION = """\
        root %(docroot)s;
        index index.php;
        location / { try_files $uri $uri/ /index.php?$args; }
        location ~ \\.php$ {
            include /etc/nginx/fastcgi_params;
            fastcgi_param HTTP_HOST $host:$server_port;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_pass unix:%(folder)s/fpm.socket;
        }
"""
USER = "www-data"


class WordPress:
    name, connections, length = "WordPress 6.1", 8, None
    least_seconds = 3  # its pages take tenths of a second

    def __init__(self, bench, article):
        self.bench, self.folder = bench, bench.subfolder("wordpress")
        self.socket = os.path.join(self.folder, "mariadb", "socket")
        self.docroot = os.path.join(self.folder, "www")
        shutil.copytree("/usr/share/wordpress", self.docroot, ignore=shutil.ignore_patterns("wp-config.php"))
        self.start_mariadb()
        self.write("wp-content/mu-plugins/no-flood-check.php", NO_FLOOD_CHECK)
        self.write("article.json", json.dumps({
            "title": article.title, "when": str(article.when), "body": "\n\n".join(article.paragraphs),
            "messages": [{"name": m.name, "email": m.email, "address": m.address, "when": str(m.when), "text": m.text}
                         for m in article.messages]}))
        self.write("install.php", INSTALL)
        pool = os.path.join(self.folder, "fpm.conf")
        with open(pool, "w", encoding="utf-8") as f:
            f.write(POOL % {"folder": self.folder, "user": USER})
        harness.run("chown", "-R", USER, self.folder)
        self.nginx, self.port = nginx.start(bench, self.folder,
                                            LOCATION % {"docroot": self.docroot, "folder": self.folder})
        self.write("wp-config.php", SETTINGS % {"socket": self.socket, "port": self.port})
        said = harness.run("php", os.path.join(self.docroot, "install.php"))
        self.id = int(said.strip().rsplit("id=", 1)[1])
        os.unlink(os.path.join(self.docroot, "install.php"))
        self.path = said.split("path=", 1)[1].splitlines()[0]
        self.fpm = bench.start(["php-fpm8.2", "-F", "-y", pool], self.ready)
        shown = harness.fetch(self.port, self.path)[1].count(b'id="comment-')
        if shown < min(50, len(article.messages)):
            harness.stop("WordPress shows %d comments" % shown)

    def write(self, name, text):
        path = os.path.join(self.docroot, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def start_mariadb(self):
        data = os.path.dirname(self.socket)
        os.mkdir(data)
        harness.run("chown", "-R", USER, data)
        common = ["--no-defaults", "--datadir=" + data, "--user=" + USER]
        harness.run("mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db")
        self.mariadb = self.bench.start(
            ["mariadbd", *common, "--skip-networking", "--socket=" + self.socket, "--pid-file=" + data + "/pid"],
            lambda: subprocess.run(["mariadb-admin", "--no-defaults", "-u", "root", "-S", self.socket, "ping"],
                                   capture_output=True).returncode == 0, stop_signal=signal.SIGKILL)
        self.ask("CREATE DATABASE wordpress CHARACTER SET utf8mb4")

    def ask(self, sql):
        return harness.run("mariadb", "--no-defaults", "-u", "root", "-S", self.socket, "-N", "-B", "-e", sql)

    def ready(self):
        return harness.fetch(self.port, self.path)[0].status == 200

    def pids(self):
        return [pid for process in (self.nginx, self.fpm, self.mariadb) for pid in harness.family(process.pid)]

    def count(self):
        return int(self.ask("SELECT count(*) FROM wordpress.wp_comments WHERE comment_post_ID = %d" % self.id))

    def message_files(self, messages):
        files = []
        for message in messages:
            body = urllib.parse.urlencode({"author": message.name, "email": message.email, "url": "",
                                           "comment": message.text + " ########", "comment_post_ID": self.id,
                                           "comment_parent": 0, "submit": "Post Comment"}, safe="#")
            files.append(os.path.join(self.bench.folder, "wordpress-post-%d" % message.number))
            with open(files[-1], "w", encoding="ascii") as f:
                f.write("POST /wp-comments-post.php HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: bench\r\n"
                        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
                        % (self.port, len(body), body))
        return files
