ALTER TABLE legal_holds ADD COLUMN reached_by BIGINT;
CREATE INDEX legal_holds_reached_by ON legal_holds (reached_by);
