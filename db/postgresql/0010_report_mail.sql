-- Whoever reported something and left an address is told by mail that it was received, and what was decided.

ALTER TABLE outbox ADD COLUMN report_id BIGINT; -- whom it is for, and about: a report of article_id
CREATE INDEX outbox_by_report ON outbox (report_id) WHERE report_id IS NOT NULL;

ALTER TABLE report ADD COLUMN told TEXT NOT NULL DEFAULT ''; -- the state that the last mail told of: '', 'upheld', 'dismissed'
