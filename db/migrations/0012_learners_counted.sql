DROP INDEX "entitlements_course";--> statement-breakpoint
CREATE INDEX "entitlements_course" ON "entitlements" USING btree ("course_id") WHERE "entitlements"."revoked_at" is null;