/* Addresses of the moderators' side of the desk. */
#ifndef PALABRE_APP_DESK_QUEUE_ROUTES_H
#define PALABRE_APP_DESK_QUEUE_ROUTES_H

#include "app/request.h"

/* desk_queue.c: reading */
void desk_queue(struct request *r);
void desk_message(struct request *r);
void desk_presence_poll(struct request *r);

/* desk_queue_decide.c */
void desk_decide(struct request *r);
void desk_decide_several(struct request *r);
void desk_undo(struct request *r);
void desk_undo_several(struct request *r);
void desk_dismiss(struct request *r);

/* desk_queue_edit.c */
void desk_edit_form(struct request *r);
void desk_edit(struct request *r);

/* desk_queue_reports.c: reports about articles */
void desk_reports(struct request *r);
void desk_report_close(struct request *r);

/* recommend.c */
void desk_pick(struct request *r);

/* desk_queue_journal.c */
void desk_journal(struct request *r);
void desk_journal_export(struct request *r);

/* desk_queue_own.c: one's own sessions and language */
void desk_sessions(struct request *r);
void desk_sessions_close(struct request *r);
void desk_language(struct request *r);

/* desk_dictionary.c: the dictionary of the site */
void desk_dictionary(struct request *r);
void desk_dictionary_post(struct request *r);

#define DESK_MODERATE(handler)                                                                                         \
    &(const struct app_route) { handler, ROUTE_MODERATE, 0 }

/* clang-format off */
#define ROUTES_DESK_QUEUE \
    {HTTP_GET, "/moderation", 0, DESK_MODERATE(desk_queue)}, \
    {HTTP_POST, "/moderation/decide", 0, DESK_MODERATE(desk_decide_several)}, \
    {HTTP_POST, "/moderation/undo", 0, DESK_MODERATE(desk_undo_several)}, \
    {HTTP_GET, "/moderation/presence", 0, DESK_MODERATE(desk_presence_poll)}, \
    {HTTP_GET, "/moderation/comments/{number:int}", 0, DESK_MODERATE(desk_message)}, \
    {HTTP_POST, "/moderation/comments/{number:int}/decide", 0, DESK_MODERATE(desk_decide)}, \
    {HTTP_POST, "/moderation/comments/{number:int}/undo", 0, DESK_MODERATE(desk_undo)}, \
    {HTTP_POST, "/moderation/comments/{number:int}/dismiss", 0, DESK_MODERATE(desk_dismiss)}, \
    {HTTP_GET, "/moderation/comments/{number:int}/edit", 0, DESK_MODERATE(desk_edit_form)}, \
    {HTTP_POST, "/moderation/comments/{number:int}/edit", 0, DESK_MODERATE(desk_edit)}, \
    {HTTP_POST, "/moderation/comments/{number:int}/pick", 0, DESK_MODERATE(desk_pick)}, \
    {HTTP_GET, "/moderation/reports", 0, DESK_MODERATE(desk_reports)}, \
    {HTTP_POST, "/moderation/reports/{id:int}", 0, DESK_MODERATE(desk_report_close)}, \
    {HTTP_GET, "/moderation/journal", 0, DESK_MODERATE(desk_journal)}, \
    {HTTP_GET, "/moderation/journal.jsonl", 0, DESK_MODERATE(desk_journal_export)}, \
    {HTTP_GET, "/moderation/dictionary", 0, DESK_MODERATE(desk_dictionary)}, \
    {HTTP_POST, "/moderation/dictionary", 0, DESK_MODERATE(desk_dictionary_post)}, \
    {HTTP_GET, "/moderation/sessions", 0, DESK_MODERATE(desk_sessions)}, \
    {HTTP_POST, "/moderation/sessions/close", 0, DESK_MODERATE(desk_sessions_close)}, \
    {HTTP_POST, "/moderation/language", 0, DESK_MODERATE(desk_language)},
/* clang-format on */

#endif
