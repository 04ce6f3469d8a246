CREATE TABLE "broadcast_renditions" (
	"lesson_id" uuid NOT NULL,
	"rendition" text NOT NULL,
	"init" integer NOT NULL,
	"kind" text NOT NULL,
	"codecs" text NOT NULL,
	"width" integer,
	"height" integer,
	CONSTRAINT "broadcast_renditions_lesson_id_rendition_init_pk" PRIMARY KEY("lesson_id","rendition","init")
);
--> statement-breakpoint
CREATE TABLE "broadcast_segments" (
	"lesson_id" uuid NOT NULL,
	"rendition" text NOT NULL,
	"msn" integer NOT NULL,
	"start_ms" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"bytes" integer NOT NULL,
	"init" integer NOT NULL,
	"discontinuity" boolean NOT NULL,
	"independent" boolean NOT NULL,
	CONSTRAINT "broadcast_segments_lesson_id_msn_rendition_pk" PRIMARY KEY("lesson_id","msn","rendition")
);
--> statement-breakpoint
CREATE TABLE "broadcasts" (
	"lesson_id" uuid PRIMARY KEY NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint,
	"published" boolean DEFAULT true NOT NULL,
	"trim_start_ms" integer DEFAULT 0 NOT NULL,
	"trim_end_ms" integer,
	"chapters" json,
	"stored_bytes" bigint DEFAULT 0 NOT NULL,
	"removed_at" bigint,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "broadcasts_trim" CHECK ("broadcasts"."trim_start_ms" >= 0 and ("broadcasts"."trim_end_ms" is null or "broadcasts"."trim_end_ms" > "broadcasts"."trim_start_ms"))
);
--> statement-breakpoint
ALTER TABLE "broadcast_renditions" ADD CONSTRAINT "broadcast_renditions_broadcast" FOREIGN KEY ("lesson_id") REFERENCES "public"."broadcasts"("lesson_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "broadcast_segments" ADD CONSTRAINT "broadcast_segments_broadcast" FOREIGN KEY ("lesson_id") REFERENCES "public"."broadcasts"("lesson_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "broadcasts_ended" ON "broadcasts" USING btree ("ended_at");