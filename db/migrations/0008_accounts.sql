CREATE TABLE "phone_codes" (
	"phone_index" text NOT NULL,
	"purpose" text NOT NULL,
	"code_hash" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "phone_codes_phone_index_purpose_pk" PRIMARY KEY("phone_index","purpose")
);
--> statement-breakpoint
CREATE TABLE "rate_windows" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"ends_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "wechat_accounts" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"union_id" text,
	"nickname" text NOT NULL,
	"linked_at" bigint NOT NULL,
	CONSTRAINT "wechat_accounts_union" UNIQUE("union_id")
);
--> statement-breakpoint
CREATE TABLE "wechat_open_ids" (
	"app_id" text NOT NULL,
	"open_id" text NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "wechat_open_ids_app_id_open_id_pk" PRIMARY KEY("app_id","open_id"),
	CONSTRAINT "wechat_open_ids_one_each" UNIQUE("user_id","app_id")
);
--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "phone_sealed" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "phone_index" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "banned_at" bigint;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "ban_reason" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "deletion_due_at" bigint;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "deleted_at" bigint;--> statement-breakpoint
ALTER TABLE "wechat_accounts" ADD CONSTRAINT "wechat_accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wechat_open_ids" ADD CONSTRAINT "wechat_open_ids_user_id_wechat_accounts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wechat_accounts"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "phone_codes_expired" ON "phone_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rate_windows_over" ON "rate_windows" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "users_deletion_due" ON "users" USING btree ("deletion_due_at");--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_phone" UNIQUE("phone_index");--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_phone_whole" CHECK (("users"."phone_sealed" is null) = ("users"."phone_index" is null));--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_banned_why" CHECK (("users"."banned_at" is null) = ("users"."ban_reason" is null));