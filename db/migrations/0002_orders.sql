ALTER TABLE "payment_attempts" ADD COLUMN "payer" json NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempts" ADD COLUMN "asked_at" bigint;--> statement-breakpoint
ALTER TABLE "provider_events" ADD COLUMN "out_refund_no" text;--> statement-breakpoint
ALTER TABLE "provider_events" ADD COLUMN "provider_txn" text;--> statement-breakpoint
ALTER TABLE "provider_events" ADD COLUMN "amount_fen" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "provider_events" ADD COLUMN "alarm" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "provider_events" ADD COLUMN "seen_at" bigint;--> statement-breakpoint
ALTER TABLE "provider_events" ADD COLUMN "seen_by" uuid;--> statement-breakpoint
ALTER TABLE "reconciliation_differences" ADD COLUMN "about" text NOT NULL;--> statement-breakpoint
ALTER TABLE "reconciliation_differences" ADD COLUMN "provider_txn" text;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD COLUMN "theirs_fen" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD COLUMN "ours_fen" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD COLUMN "fees_fen" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "answer" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "provider_events" ADD CONSTRAINT "provider_events_seen_by_users_id_fk" FOREIGN KEY ("seen_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "payment_attempts_one_live" ON "payment_attempts" USING btree ("order_id","channel") WHERE "payment_attempts"."status" in ('created', 'pending');--> statement-breakpoint
CREATE INDEX "payment_attempts_day" ON "payment_attempts" USING btree ("provider","succeeded_at");--> statement-breakpoint
CREATE INDEX "provider_events_alarms" ON "provider_events" USING btree ("received_at") WHERE "provider_events"."alarm";--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_one_open_each" ON "refunds" USING btree ("order_id") WHERE "refunds"."cause" in ('requested', 'operator') and "refunds"."status" in ('requested', 'approving', 'approved', 'processing', 'abnormal');--> statement-breakpoint
CREATE INDEX "refunds_day" ON "refunds" USING btree ("succeeded_at");--> statement-breakpoint
ALTER TABLE "reconciliation_differences" ADD CONSTRAINT "reconciliation_differences_once" UNIQUE("reconciliation_id","about","number","kind");--> statement-breakpoint
ALTER TABLE "payment_attempts" ADD CONSTRAINT "payment_attempts_paid" CHECK (("payment_attempts"."status" = 'succeeded') = ("payment_attempts"."role" is not null) and ("payment_attempts"."status" = 'succeeded') = ("payment_attempts"."provider_txn" is not null));