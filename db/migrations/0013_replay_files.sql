CREATE TABLE "replay_files" (
	"lesson_id" uuid PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"run_id" uuid,
	"progress_percent" integer DEFAULT 0 NOT NULL,
	"size_bytes" bigint,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "replay_files_progress" CHECK ("replay_files"."progress_percent" between 0 and 100)
);
--> statement-breakpoint
ALTER TABLE "replay_files" ADD CONSTRAINT "replay_files_broadcast" FOREIGN KEY ("lesson_id") REFERENCES "public"."broadcasts"("lesson_id") ON DELETE cascade ON UPDATE no action;