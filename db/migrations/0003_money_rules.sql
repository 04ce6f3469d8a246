-- What no code may do with money, whatever its mistakes: the database itself refuses.

CREATE FUNCTION legal_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status || '>' || NEW.status) <> ALL (TG_ARGV) THEN
    RAISE EXCEPTION '% cannot go from % to %', TG_TABLE_NAME, OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER orders_transition BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION legal_transition(
  'pending>paying', 'pending>paid', 'pending>closed', 'paying>paid', 'paying>closed',
  'paid>refunding', 'partially_refunded>refunding',
  'refunding>paid', 'refunding>partially_refunded', 'refunding>refunded'
);
--> statement-breakpoint
CREATE TRIGGER payment_attempts_transition BEFORE UPDATE ON payment_attempts FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION legal_transition(
  'created>pending', 'created>failed', 'created>closing', 'created>closed', 'created>succeeded',
  'pending>closing', 'pending>closed', 'pending>failed', 'pending>succeeded',
  'closing>closed', 'closing>succeeded', 'closed>succeeded', 'failed>succeeded'
);
--> statement-breakpoint
CREATE TRIGGER refunds_transition BEFORE UPDATE ON refunds FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION legal_transition(
  'requested>approving', 'requested>approved', 'requested>rejected', 'approving>approved', 'approving>rejected',
  'approved>processing', 'approved>succeeded', 'approved>abnormal', 'approved>failed',
  'processing>succeeded', 'processing>abnormal', 'processing>failed',
  'abnormal>processing', 'abnormal>succeeded', 'abnormal>failed', 'failed>approved', 'failed>succeeded'
);
--> statement-breakpoint

CREATE FUNCTION order_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + CASE WHEN OLD.status IS DISTINCT FROM NEW.status THEN 1 ELSE 0 END;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER orders_version BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION order_version();
--> statement-breakpoint

-- What was agreed stays: what is bought, by whom, for how much; and under which number it is paid.
CREATE FUNCTION order_stays_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.order_no, NEW.user_id, NEW.course_id, NEW.plan_id, NEW.list_fen, NEW.discount_fen, NEW.payable_fen, NEW.agreement_version)
    IS DISTINCT FROM (OLD.order_no, OLD.user_id, OLD.course_id, OLD.plan_id, OLD.list_fen, OLD.discount_fen, OLD.payable_fen, OLD.agreement_version)
  THEN
    RAISE EXCEPTION 'what was agreed in order % stays as it is', OLD.order_no USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER orders_agreed BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION order_stays_agreed();
--> statement-breakpoint
CREATE FUNCTION attempt_stays_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.order_id, NEW.channel, NEW.provider, NEW.out_trade_no, NEW.amount_fen)
    IS DISTINCT FROM (OLD.order_id, OLD.channel, OLD.provider, OLD.out_trade_no, OLD.amount_fen)
  THEN
    RAISE EXCEPTION 'what was agreed in attempt % stays as it is', OLD.out_trade_no USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payment_attempts_agreed BEFORE UPDATE ON payment_attempts FOR EACH ROW EXECUTE FUNCTION attempt_stays_agreed();
--> statement-breakpoint

-- A transaction that is known stays the one it was: the money of a second one is not taken for it.
CREATE FUNCTION money_came_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'succeeded' AND (NEW.provider_txn, NEW.role) IS DISTINCT FROM (OLD.provider_txn, OLD.role) THEN
    RAISE EXCEPTION 'attempt % is settled already', OLD.out_trade_no USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payment_attempts_once BEFORE UPDATE ON payment_attempts FOR EACH ROW EXECUTE FUNCTION money_came_once();
--> statement-breakpoint

-- An order is paid by its own attempt, which settles it, with exactly what it costs.
CREATE FUNCTION paid_by_its_own_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.paid_attempt_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM payment_attempts
    WHERE id = NEW.paid_attempt_id AND order_id = NEW.id AND role = 'settling' AND amount_fen = NEW.payable_fen
  ) THEN
    RAISE EXCEPTION 'order % is not paid by its attempt', NEW.order_no USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER orders_paid_by_own AFTER INSERT OR UPDATE OF paid_attempt_id ON orders
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paid_by_its_own_attempt();
--> statement-breakpoint

-- No more goes back than came in.
CREATE FUNCTION refunds_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  paid bigint;
  back bigint;
BEGIN
  IF NEW.attempt_id IS NULL THEN RETURN NULL; END IF;
  SELECT max(e.amount_fen) INTO paid
  FROM payment_attempts a
  JOIN ledger_transactions t ON t.kind = 'payment' AND t.reference = a.provider || ':' || a.provider_txn
  JOIN ledger_entries e ON e.transaction_id = t.id AND e.account = 'asset:' || a.provider
  WHERE a.id = NEW.attempt_id;
  SELECT sum(amount_fen) INTO back FROM refunds WHERE attempt_id = NEW.attempt_id AND status NOT IN ('rejected', 'failed');
  IF back > COALESCE(paid, 0) THEN
    RAISE EXCEPTION 'refunds of % fen for a payment of % fen', back, COALESCE(paid, 0) USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER refunds_within AFTER INSERT OR UPDATE ON refunds
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refunds_within_payment();
--> statement-breakpoint

CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_fen) FROM ledger_entries WHERE transaction_id = NEW.transaction_id) <> 0 THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', NEW.transaction_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON ledger_entries
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();
--> statement-breakpoint

CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_transactions_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions EXECUTE FUNCTION only_added_to();
--> statement-breakpoint
CREATE TRIGGER ledger_entries_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries EXECUTE FUNCTION only_added_to();
--> statement-breakpoint
CREATE TRIGGER order_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events EXECUTE FUNCTION only_added_to();
--> statement-breakpoint
CREATE TRIGGER audit_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events EXECUTE FUNCTION only_added_to();
