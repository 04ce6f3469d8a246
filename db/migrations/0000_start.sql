CREATE TABLE "lesson_assistants" (
	"lesson_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "lesson_assistants_lesson_id_user_id_pk" PRIMARY KEY("lesson_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "lessons" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"teacher_id" uuid NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"starts_at" bigint NOT NULL,
	"duration_minutes" integer NOT NULL,
	"status" text DEFAULT 'scheduled' NOT NULL,
	"started_at" bigint,
	"paused_at" bigint,
	"ended_at" bigint,
	"touched_at" bigint,
	"cancelled_at" bigint,
	"created_at" bigint NOT NULL,
	CONSTRAINT "lessons_ended_after_start" CHECK ("lessons"."status" <> 'ended' or "lessons"."started_at" is not null),
	CONSTRAINT "lessons_cancelled_before_start" CHECK ("lessons"."cancelled_at" is null or "lessons"."started_at" is null)
);
--> statement-breakpoint
CREATE TABLE "room_events" (
	"room_id" text NOT NULL,
	"seq" integer NOT NULL,
	"at" bigint NOT NULL,
	"media_ms" bigint,
	"by" json,
	"type" text NOT NULL,
	"data" json NOT NULL,
	CONSTRAINT "room_events_room_id_seq_pk" PRIMARY KEY("room_id","seq")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" bigint NOT NULL,
	"last_used_at" bigint NOT NULL,
	"refresh_id" uuid NOT NULL,
	"previous_refresh_id" uuid
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"username" text NOT NULL,
	"display_name" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text DEFAULT 'student' NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "users_username" UNIQUE("username"),
	CONSTRAINT "users_username_lower_case" CHECK ("users"."username" = lower("users"."username"))
);
--> statement-breakpoint
ALTER TABLE "lesson_assistants" ADD CONSTRAINT "lesson_assistants_lesson_id_lessons_id_fk" FOREIGN KEY ("lesson_id") REFERENCES "public"."lessons"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_assistants" ADD CONSTRAINT "lesson_assistants_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lessons" ADD CONSTRAINT "lessons_teacher_id_users_id_fk" FOREIGN KEY ("teacher_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lesson_assistants_user" ON "lesson_assistants" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "lessons_status" ON "lessons" USING btree ("status","starts_at");--> statement-breakpoint
CREATE INDEX "lessons_teacher" ON "lessons" USING btree ("teacher_id","starts_at");--> statement-breakpoint
CREATE INDEX "room_events_type" ON "room_events" USING btree ("room_id","type","seq");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");