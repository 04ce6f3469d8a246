CREATE TABLE "prepared_polls" (
	"lesson_id" uuid PRIMARY KEY NOT NULL,
	"polls" json NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "prepared_polls" ADD CONSTRAINT "prepared_polls_lesson_id_lessons_id_fk" FOREIGN KEY ("lesson_id") REFERENCES "public"."lessons"("id") ON DELETE cascade ON UPDATE no action;