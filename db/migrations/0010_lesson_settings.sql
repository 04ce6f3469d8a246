ALTER TABLE "lessons" ADD COLUMN "dvr_minutes" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "lessons" ADD COLUMN "watermark" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "lessons" ADD CONSTRAINT "lessons_dvr" CHECK ("lessons"."dvr_minutes" >= 0);