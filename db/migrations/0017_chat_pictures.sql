ALTER TABLE "files" ADD COLUMN "width" integer;--> statement-breakpoint
ALTER TABLE "files" ADD COLUMN "height" integer;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "width" integer;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "height" integer;--> statement-breakpoint
ALTER TABLE "room_events" ADD COLUMN "picture_id" uuid;--> statement-breakpoint
CREATE INDEX "room_events_picture" ON "room_events" USING btree ("picture_id") WHERE "room_events"."picture_id" is not null;