ALTER TABLE "users" ADD COLUMN "terms_version" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "terms_accepted_at" bigint;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_terms_when" CHECK (("users"."terms_version" is null) = ("users"."terms_accepted_at" is null));