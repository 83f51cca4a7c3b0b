/* Date formats per language and zone. An administrator may change the zone while pages are made: what was made stays
   for those who hold it, and a zone is rarely changed, so nothing is ever freed before the end. */
#include "app/dates.h"

#include "base/memory.h"

struct dates_entry {
    slice zone;
    struct date_formats *formats[APP_LANGUAGES];
    struct dates_entry *next;
};

struct app_dates {
    pthread_mutex_t lock;
    struct dates_entry *entries;
};

struct app_dates *app_dates_new(void) {
    struct app_dates *dates = NEW(struct app_dates);
    pthread_mutex_init(&dates->lock, NULL);
    return dates;
}

void app_dates_free(struct app_dates *dates) {
    if (!dates) return;
    for (struct dates_entry *entry = dates->entries; entry;) {
        struct dates_entry *next = entry->next;
        for (size_t i = 0; i < APP_LANGUAGES; i++) date_formats_free(entry->formats[i]);
        memory_free((void *)(uintptr_t)entry->zone.p);
        memory_free(entry);
        entry = next;
    }
    pthread_mutex_destroy(&dates->lock);
    memory_free(dates);
}

static struct dates_entry *entry_new(slice zone) {
    struct dates_entry *entry = NEW(struct dates_entry);
    struct buf copy;
    buf_init(&copy, zone.n);
    buf_add(&copy, zone);
    entry->zone = buf_take(&copy);
    for (size_t i = 0; i < APP_LANGUAGES; i++) {
        struct error error;
        enum status status = date_formats_new(APP_LANGUAGE[i].tag, zone, &entry->formats[i], &error);
        if (status != OK) status = date_formats_new(APP_LANGUAGE[i].tag, S("UTC"), &entry->formats[i], &error);
        if (status != OK) entry->formats[i] = NULL;
    }
    return entry;
}

const struct date_formats *app_dates(struct app *app, size_t language, slice zone) {
    struct app_dates *dates = app->dates;
    pthread_mutex_lock(&dates->lock);
    struct dates_entry *entry = dates->entries;
    while (entry && !slice_equal(entry->zone, zone)) entry = entry->next;
    if (!entry) {
        entry = entry_new(zone);
        entry->next = dates->entries;
        dates->entries = entry;
    }
    pthread_mutex_unlock(&dates->lock);
    return entry->formats[language];
}
