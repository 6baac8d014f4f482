-- A station's book as schema version 1 wrote it; never to be changed, however the schema goes on.
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'book','m001_the_book','2026-03-02 06:00:00+00:00');
CREATE TABLE codes (code TEXT PRIMARY KEY, product_id TEXT NOT NULL, factor_each INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "codes" VALUES('04012345000016','SKU1',1);
CREATE TABLE fact_subjects (row_kind TEXT NOT NULL, row_id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (row_kind, row_id, seq)) WITHOUT ROWID;
INSERT INTO "fact_subjects" VALUES('pick_task','T1',1);
INSERT INTO "fact_subjects" VALUES('pick_task','T1',2);
INSERT INTO "fact_subjects" VALUES('pick_task','T1',3);
CREATE TABLE facts (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL, subjects TEXT NOT NULL, occurred_at_utc TEXT NOT NULL, outcome TEXT);
INSERT INTO "facts" VALUES(1,'pick.location_confirmed','{"warehouse_id":"W1","station_id":"K3","seq":1,"kind":"pick.location_confirmed","version":1,"worker_id":"W-7","occurred_at_utc":"2026-03-02T06:00:00+00:00","boot_id":"boot-1","monotonic_ms":0,"prev_hash":"0000000000000000000000000000000000000000000000000000000000000000","body":{"task_id":"T1","location_id":"A-01-01-1","along":false},"lease":null,"resent":null}','1faa0cd8ae6bdbe7311cc538102f889c370fd528564e1a697fb33c6793ae2ffe','[["pick_task", "T1"]]','2026-03-02T06:00:00+00:00','{"seq": 1, "verdict": "accepted", "exception": null, "by": null, "reason": null, "expected_seq": null}');
INSERT INTO "facts" VALUES(2,'pick.unit_picked','{"warehouse_id":"W1","station_id":"K3","seq":2,"kind":"pick.unit_picked","version":1,"worker_id":"W-7","occurred_at_utc":"2026-03-02T06:00:00+00:00","boot_id":"boot-1","monotonic_ms":0,"prev_hash":"1faa0cd8ae6bdbe7311cc538102f889c370fd528564e1a697fb33c6793ae2ffe","body":{"task_id":"T1","product_id":"SKU1","quantity_each":1,"lot":null,"serial":null},"lease":null,"resent":null}','5169720a970f471d1933df09794f4dadf03d3bfb53cc3c90076fffcb5f5bb9cd','[["pick_task", "T1"]]','2026-03-02T06:00:00+00:00','{"seq": 2, "verdict": "accepted", "exception": null, "by": null, "reason": null, "expected_seq": null}');
INSERT INTO "facts" VALUES(3,'pick.unit_picked','{"warehouse_id":"W1","station_id":"K3","seq":3,"kind":"pick.unit_picked","version":1,"worker_id":"W-7","occurred_at_utc":"2026-03-02T06:00:00+00:00","boot_id":"boot-1","monotonic_ms":0,"prev_hash":"5169720a970f471d1933df09794f4dadf03d3bfb53cc3c90076fffcb5f5bb9cd","body":{"task_id":"T1","product_id":"SKU1","quantity_each":1,"lot":null,"serial":null},"lease":null,"resent":null}','0b7a4d964c888b939b8fba8e53a33fe400bcbfc4b1373b68e5a19fdda5e78ec9','[["pick_task", "T1"]]','2026-03-02T06:00:00+00:00',NULL);
CREATE TABLE fetched (row_kind TEXT NOT NULL, row_id TEXT NOT NULL, parent TEXT, held TEXT NOT NULL, PRIMARY KEY (row_kind, row_id));
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('cursor','{"epoch": "e1", "change_seq": 1}');
INSERT INTO "meta" VALUES('enrolled','{"station_id": "K3", "warehouse_id": "W1", "warehouse_name": "Demo", "time_zone": "Europe/Berlin", "scopes": ["all", "station:K3"], "sscc_company_prefix": "4012345", "settings": {}}');
INSERT INTO "meta" VALUES('held_through_seq','2');
INSERT INTO "meta" VALUES('included_through_seq','0');
INSERT INTO "meta" VALUES('remembered.seat.1','pick');
CREATE TABLE number_ranges (first_serial INTEGER PRIMARY KEY, last_serial INTEGER NOT NULL, next_serial INTEGER NOT NULL, company_prefix TEXT NOT NULL, extension_digit TEXT NOT NULL);
INSERT INTO "number_ranges" VALUES(1,500,1,'4012345','3');
CREATE TABLE print_jobs (position INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, image TEXT NOT NULL);
INSERT INTO "print_jobs" VALUES(1,'J1','queued','{"job_id":"J1","printer_id":"P","subject":"T-1","intent":{"design":"tote","fields":{"code":"T-1","title":"Tote 1"}},"state":"queued","attempt":0,"reason":"","printer_count":null}');
CREATE TABLE rows (row_kind TEXT NOT NULL, row_id TEXT NOT NULL, parent TEXT, held TEXT, view TEXT, PRIMARY KEY (row_kind, row_id));
INSERT INTO "rows" VALUES('product','SKU1',NULL,'{"product_id":"SKU1","name":"Thing SKU1","packs":[{"code":"04012345000016","factor_each":1}],"weight_g":100,"length_mm":10,"width_mm":10,"height_mm":10,"tracks_lot":false,"tracks_serial":false,"category":"general","picture":""}',NULL);
INSERT INTO "rows" VALUES('picklist','P1','WV1','{"picklist_id":"P1","wave_id":"WV1","zone":"A","ship_by_utc":"2026-03-02T16:00:00+00:00","slots":[{"name":"A1","order_id":"O1"}],"task_count":1,"priority":0,"state":"leased","station_id":"K3","worker_id":null,"epoch":0,"lease_until_utc":null,"number":0}',NULL);
INSERT INTO "rows" VALUES('pick_task','T1','P1','{"task_id":"T1","picklist_id":"P1","position":1,"order_id":"O1","line_id":"L1","product_id":"SKU1","location_id":"A-01-01-1","quantity_each":3,"lot":null,"expires_on":null,"picked_each":0,"placed_each":0,"missing_each":0,"serials":[],"skips":0,"state":"open"}','{"task_id":"T1","picklist_id":"P1","position":1,"order_id":"O1","line_id":"L1","product_id":"SKU1","location_id":"A-01-01-1","quantity_each":3,"lot":null,"expires_on":null,"picked_each":2,"placed_each":0,"missing_each":0,"serials":[],"skips":0,"state":"at_location"}');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX rows_by_parent ON rows (row_kind, parent);
CREATE INDEX print_jobs_by_state ON print_jobs (state);
COMMIT;
PRAGMA user_version = 1;
