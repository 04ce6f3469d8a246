CREATE TABLE "uploads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"claimed_sha256" text,
	"status" text DEFAULT 'receiving' NOT NULL,
	"refusal" text,
	"mime_type" text,
	"sha256" text,
	"created_at" bigint NOT NULL,
	"touched_at" bigint NOT NULL,
	CONSTRAINT "uploads_size" CHECK ("uploads"."size_bytes" > 0),
	CONSTRAINT "uploads_refused_why" CHECK (("uploads"."status" = 'refused') = ("uploads"."refusal" is not null))
);
--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "run_id" uuid;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "uploads_owner" ON "uploads" USING btree ("owner_id","status");--> statement-breakpoint
CREATE INDEX "uploads_status" ON "uploads" USING btree ("status","touched_at");--> statement-breakpoint
CREATE INDEX "videos_status" ON "videos" USING btree ("status","updated_at");--> statement-breakpoint
ALTER TABLE "videos" ADD CONSTRAINT "videos_failed_why" CHECK (("videos"."status" = 'failed') = ("videos"."failure" is not null));