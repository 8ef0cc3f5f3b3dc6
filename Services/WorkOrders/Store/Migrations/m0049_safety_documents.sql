-- What a file is for, where that says who may add it: a document about safety or about rules. NULL: neither.
ALTER TABLE work_order_attachments ADD COLUMN purpose text CHECK (purpose IN ('safety', 'compliance'));
