#include "app/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_BYTES = CRYPTO_KEY_BYTES, FINGERPRINT_BYTES = 12 };

static enum status make_secret(const char *path, unsigned char *secret, struct error *error) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return error_set(error, UNAVAILABLE, "%s cannot be made: %s", path, strerror(errno));
    crypto_random(secret, SECRET_BYTES);
    bool ok = write(fd, secret, SECRET_BYTES) == SECRET_BYTES && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    return ok ? OK : error_set(error, UNAVAILABLE, "%s cannot be written", path);
}

static enum status load_secret(slice file, unsigned char *secret, struct error *error) {
    char path[4096];
    if (file.n >= sizeof path) return error_set(error, INVALID, "the path of the secret is too long");
    memcpy(path, file.p, file.n);
    path[file.n] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return make_secret(path, secret, error);
    if (fd < 0) return error_set(error, UNAVAILABLE, "%s cannot be read: %s", path, strerror(errno));
    ssize_t n = read(fd, secret, SECRET_BYTES);
    close(fd);
    return n == SECRET_BYTES ? OK : error_set(error, INVALID, "%s is not a secret of %d bytes", path, SECRET_BYTES);
}

static struct crypto_key derive(const struct crypto_key *secret, slice label) {
    struct crypto_hash hash = crypto_hmac(secret, label);
    struct crypto_key key;
    memcpy(key.bytes, hash.bytes, CRYPTO_KEY_BYTES);
    return key;
}

enum status keys_load(slice secret_file, struct app_keys *out, struct error *error) {
    struct crypto_key secret;
    enum status status = load_secret(secret_file, secret.bytes, error);
    if (status != OK) return status;
    out->form = derive(&secret, S("palabre form tokens"));
    out->fingerprint = derive(&secret, S("palabre fingerprints"));
    out->check = crypto_hmac(&secret, S("palabre secret"));
    out->seal = derive(&secret, S("palabre sealed addresses"));
    out->challenge = derive(&secret, S("palabre challenges"));
    out->link = derive(&secret, S("palabre links in mails"));
    out->mail = derive(&secret, S("palabre mail addresses"));
    return OK;
}

static struct crypto_hash mac_of(const struct app_keys *keys, const struct address *address, unsigned ipv4_bits,
                                 unsigned ipv6_bits) {
    struct address_block block = address_block_of(address, ipv4_bits, ipv6_bits);
    return crypto_hmac(&keys->fingerprint, slice_make(&block.first, sizeof block.first));
}

static struct crypto_hash block_mac(const struct app_keys *keys, const struct address *address, unsigned ipv6_bits) {
    return mac_of(keys, address, 32, ipv6_bits);
}

static slice text_of(struct arena *arena, const struct crypto_hash *mac) {
    struct buf b;
    buf_init(&b, 64);
    crypto_add_base64url(&b, slice_make(mac->bytes, FINGERPRINT_BYTES));
    slice text = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return text;
}

static bool is_internet(const struct address *address) {
    return address->family == ADDRESS_IPV4 || address->family == ADDRESS_IPV6;
}

slice keys_fingerprint(const struct app_keys *keys, struct arena *arena, const struct address *address) {
    if (!is_internet(address)) return S("");
    struct crypto_hash mac = block_mac(keys, address, 64);
    return text_of(arena, &mac);
}

static uint64_t key_of(struct crypto_hash mac) {
    uint64_t key;
    memcpy(&key, mac.bytes, sizeof key);
    return key;
}

uint64_t keys_limit_key(const struct app_keys *keys, const struct address *address) {
    return key_of(block_mac(keys, address, 64));
}

uint64_t keys_limit_key_wide(const struct app_keys *keys, const struct address *address) {
    return address->family == ADDRESS_IPV6 ? key_of(block_mac(keys, address, 48)) : 0;
}

/* Twice: an IPv6 /48 alone is a limit's key, too. */
static struct crypto_hash network_mac(const struct app_keys *keys, const struct address *address) {
    struct crypto_hash mac = mac_of(keys, address, 24, 48);
    return crypto_hmac(&keys->fingerprint, slice_make(mac.bytes, sizeof mac.bytes));
}

/* Whoever comes from this very machine is no network: a proxy that says nothing of its clients, a test. */
static bool has_network(const struct address *address) { return is_internet(address) && !address_is_loopback(address); }

uint64_t keys_network_key(const struct app_keys *keys, const struct address *address) {
    return has_network(address) ? key_of(network_mac(keys, address)) : 0;
}

slice keys_network_mark(const struct app_keys *keys, struct arena *arena, const struct address *address) {
    if (!has_network(address)) return S("");
    struct crypto_hash mac = network_mac(keys, address);
    return text_of(arena, &mac);
}

uint64_t keys_limit_key_name(const struct app_keys *keys, slice folded_name) {
    return key_of(crypto_hmac(&keys->fingerprint, folded_name));
}

struct crypto_hash keys_mail_hash(const struct app_keys *keys, slice email) {
    struct buf b;
    buf_init(&b, 1024);
    for (size_t i = 0; i < email.n; i++) {
        char c = email.p[i];
        buf_add_char(&b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    struct crypto_hash hash = crypto_hmac(&keys->mail, buf_slice(&b));
    buf_fini(&b);
    return hash;
}

slice keys_seal_address(const struct app_keys *keys, struct arena *arena, const struct address *address) {
    char text[ADDRESS_TEXT_MAX];
    struct buf sealed;
    buf_init(&sealed, 256);
    crypto_seal(&keys->seal, address_text(address, text), &sealed);
    slice copy = arena_copy(arena, buf_slice(&sealed));
    buf_fini(&sealed);
    return copy;
}

bool keys_open_address(const struct app_keys *keys, slice sealed, struct address *out) {
    struct buf plain;
    buf_init(&plain, 256);
    bool ok = sealed.n && crypto_open(&keys->seal, sealed, &plain) && address_parse(buf_slice(&plain), out);
    buf_fini(&plain);
    return ok;
}
