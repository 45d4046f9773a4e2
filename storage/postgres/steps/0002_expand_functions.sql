-- What everybody waits for, each one call. Function bodies are kept planned by the server, on every connection, so that
-- nothing has to be prepared by the client, which a pooler between them would not allow.
--
-- A plan that was made while a table was empty is kept when there are a million rows in it, and tables in which nothing
-- lives may be large while somebody may still see what was deleted: nobody looks through a whole one. What waits for
-- a window is found by the window alone: `number + 0` and `IS TRUE` keep plans from other indexes, which would be just as
-- quick only as long as there is hardly anything in them; as `= ANY` does where rows are joined to what was asked about.
-- What is looked up for each of many rows is a value, not `EXISTS`, for which all there is might be gone through once.

-- Whoever changes what is told of a window or of a dossier has these locks until its transaction ends. All of one
-- transaction are taken at once, and in one order, so that nobody waits in a circle. Nobody waits long, either.
CREATE FUNCTION shuping.lock_all(names text[]) RETURNS void LANGUAGE plpgsql SET lock_timeout = '4s' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(lock)
    FROM (SELECT hashtextextended(name, 0) AS lock FROM unnest(names) AS name ORDER BY 1) AS locks;
END $$;

-- The same for a transaction of several statements: of a process that has stopped with locks in its hands, or of a host
-- of which nothing is heard any more, the server ends it.
CREATE FUNCTION shuping.hold_all(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('idle_in_transaction_session_timeout', '4s', true);
    PERFORM shuping.lock_all(names);
END $$;

-- The versions of all rows that a decision may depend on, as `shuping.read` tells them: as long as it is the same,
-- nothing has changed.
CREATE FUNCTION shuping.mark(of_window text, of_dossier text, of_link text) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
    link_mark text;
    found text;
BEGIN
    IF of_link IS NOT NULL THEN
        link_mark := (SELECT xmin::text FROM shuping.links WHERE hash = of_link);
    END IF;
    SELECT concat_ws('/',
        coalesce((SELECT xmin::text FROM shuping.windows WHERE window_name = of_window), '-'),
        coalesce((SELECT xmin::text FROM shuping.sessions WHERE dossier = of_dossier), '-'),
        coalesce(link_mark, '-'),
        coalesce((
            SELECT string_agg(number || ':' || xmin, ' ' ORDER BY number)
            FROM shuping.sights WHERE window_name = of_window
        ), '-'),
        EXISTS (SELECT FROM shuping.sights WHERE dossier = of_dossier AND window_name <> of_window),
        (SELECT string_agg(number || ':' || xmin, ' ' ORDER BY number + 0)
            FROM shuping.outbox WHERE window_name = of_window))
    INTO found;
    RETURN found;
END $$;

-- What is stored of a window, and of the dossier in front of it, or of another one.
CREATE FUNCTION shuping.state(
    of_window text, of_dossier text, of_link text,
    OUT data text, OUT front text, OUT session text, OUT dossiers text[], OUT shared boolean,
    OUT link_dossier text, OUT link_until timestamptz, OUT link_purpose text, OUT link_once boolean, OUT form smallint
) STABLE LANGUAGE plpgsql AS $$
BEGIN
    SELECT windows.data::text, coalesce(of_dossier, windows.front), sessions.data::text,
        ARRAY(SELECT dossier FROM shuping.sights WHERE window_name = of_window ORDER BY number),
        EXISTS (
            SELECT FROM shuping.sights
            WHERE dossier = coalesce(of_dossier, windows.front) AND window_name <> of_window
        ),
        links.dossier, links.until, links.purpose, links.once, greatest(windows.form, sessions.form)
    INTO data, front, session, dossiers, shared, link_dossier, link_until, link_purpose, link_once, form
    FROM (SELECT of_window AS window_name) AS asked
    LEFT JOIN shuping.windows ON windows.window_name = asked.window_name
    LEFT JOIN shuping.sessions ON sessions.dossier = coalesce(of_dossier, windows.front)
    LEFT JOIN shuping.links ON links.hash = of_link;
END $$;

-- All that a decision is made of, from one snapshot: the state, its mark, and what waits for the window.
CREATE FUNCTION shuping.read(
    of_window text, of_link text, of_channel text, of_update bigint, last integer,
    OUT data text, OUT front text, OUT session text, OUT dossiers text[], OUT shared boolean,
    OUT link_dossier text, OUT link_until timestamptz, OUT link_purpose text, OUT link_once boolean, OUT form smallint,
    OUT mark text, OUT waiting text, OUT seen boolean, OUT recent text
) STABLE LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    sight_marks text;
    outbox_marks text;
    window_mark text;
    session_mark text;
    link_mark text;
BEGIN
    SELECT array_agg(dossier ORDER BY number), string_agg(number || ':' || xmin, ' ' ORDER BY number)
    INTO dossiers, sight_marks
    FROM shuping.sights WHERE window_name = of_window;

    SELECT json_agg(
        json_build_array(number, key, extract(epoch FROM due)::float8, attempts, anew, urgency, dossier)
        ORDER BY number + 0
    ), string_agg(number || ':' || xmin, ' ' ORDER BY number + 0)
    INTO waiting, outbox_marks
    FROM shuping.outbox WHERE window_name = of_window;

    SELECT windows.data::text, windows.front, sessions.data::text,
        EXISTS (SELECT FROM shuping.sights WHERE dossier = windows.front AND window_name <> of_window),
        greatest(windows.form, sessions.form), windows.xmin::text, sessions.xmin::text,
        EXISTS (SELECT FROM shuping.updates WHERE channel = of_channel AND id = of_update)
    INTO data, front, session, shared, form, window_mark, session_mark, seen
    FROM (SELECT) AS one
    LEFT JOIN shuping.windows ON windows.window_name = of_window
    LEFT JOIN shuping.sessions ON sessions.dossier = windows.front;

    IF of_link IS NOT NULL THEN
        SELECT links.dossier, until, purpose, once, xmin::text
        INTO link_dossier, link_until, link_purpose, link_once, link_mark
        FROM shuping.links WHERE hash = of_link;
    END IF;
    IF last > 0 THEN
        recent := (
            SELECT json_agg(json_build_array(log.session, kind, item, before, after, at, by) ORDER BY number)
            FROM (
                SELECT * FROM shuping.log WHERE dossier = front ORDER BY number DESC LIMIT last
            ) AS log
        );
    END IF;
    dossiers := coalesce(dossiers, '{}');
    mark := concat_ws(
        '/', coalesce(window_mark, '-'), coalesce(session_mark, '-'), coalesce(link_mark, '-'),
        coalesce(sight_marks, '-'), shared, outbox_marks
    );
END $$;

-- Write all that was decided: everything, or nothing. NULL: something has changed since it was read. `seen`: so was
-- the update. Else the first message of the window, where the lane could be claimed.
CREATE FUNCTION shuping.apply(plan jsonb) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    me constant text := plan->>'window';
    part jsonb;
    first shuping.outbox;
BEGIN
    PERFORM shuping.lock_all(ARRAY(SELECT jsonb_array_elements_text(plan->'locks')));
    IF plan ? 'mark' AND shuping.mark(me, plan->>'asked', plan->>'link') <> plan->>'mark' THEN
        RETURN NULL;
    END IF;

    IF plan ? 'mark' AND plan ? 'show' AND (
        EXISTS (SELECT FROM shuping.sights WHERE dossier = plan->>'show')
        OR EXISTS (SELECT FROM shuping.sessions WHERE dossier = plan->>'show')
    ) THEN
        RETURN '{"stored": true}';
    END IF;

    part := plan->'arrival';
    IF part IS NOT NULL THEN
        INSERT INTO shuping.updates (channel, id, seen)
        VALUES (part->>'channel', (part->>'id')::bigint, (part->>'at')::timestamptz) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RETURN '{"seen": true}';
        END IF;
    END IF;

    IF plan ? 'show' THEN
        INSERT INTO shuping.sights (window_name, dossier) VALUES (me, plan->>'show') ON CONFLICT DO NOTHING;
        INSERT INTO shuping.windows (window_name, front, data, form)
        VALUES (me, plan->>'show', '{}', (plan->>'form')::smallint)
        ON CONFLICT (window_name) DO UPDATE SET front = excluded.front;
    END IF;

    part := plan->'session';
    IF part IS NOT NULL THEN
        PERFORM shuping.save(part, (plan->>'form')::smallint);
    END IF;
    IF plan ? 'log' THEN
        INSERT INTO shuping.log (dossier, session, kind, item, before, after, at, by)
        SELECT plan->>'owner', line.session, line.kind, line.item, line.before, line.after, line.at, line.by
        FROM jsonb_to_recordset(plan->'log') AS line (
            session text, kind text, item text, before json, after json, at timestamptz, by text
        );
    END IF;
    IF plan ? 'finished' THEN
        INSERT INTO shuping.assessments (dossier, id, finished_at, data)
        SELECT plan->>'owner', one.id, one.finished_at, one.data::json
        FROM ROWS FROM (jsonb_to_recordset(plan->'finished') AS (id text, finished_at timestamptz, data text))
        WITH ORDINALITY AS one (id, finished_at, data, place) ORDER BY place;
        DELETE FROM shuping.assessments WHERE dossier = plan->>'owner' AND number <= (
            SELECT number FROM shuping.assessments WHERE dossier = plan->>'owner'
            ORDER BY number DESC LIMIT 1 OFFSET (plan->>'longest_history')::integer
        );
    END IF;
    IF plan ? 'longest_log' THEN
        DELETE FROM shuping.log WHERE dossier = plan->>'owner' AND number <= (
            SELECT number FROM shuping.log WHERE dossier = plan->>'owner'
            ORDER BY number DESC LIMIT 1 OFFSET (plan->>'longest_log')::integer
        );
    END IF;

    IF plan ? 'reach' THEN
        INSERT INTO shuping.windows (window_name, front, data, form)
        VALUES (me, plan->>'front', (plan->>'reach')::jsonb, (plan->>'form')::smallint)
        ON CONFLICT (window_name) DO UPDATE SET data = excluded.data, form = excluded.form;
    END IF;

    part := plan->'used';
    IF part IS NOT NULL THEN
        DELETE FROM shuping.links WHERE dossier = part->>0 AND purpose = part->>1;
    END IF;
    IF plan ? 'links' THEN
        DELETE FROM shuping.links USING jsonb_to_recordset(plan->'links') AS given (dossier text, purpose text)
        WHERE links.dossier = given.dossier AND links.purpose = given.purpose;
        INSERT INTO shuping.links (hash, dossier, until, purpose, once, giver)
        SELECT DISTINCT ON (given.hash) given.hash, given.dossier, given.until, given.purpose, given.once, me
        FROM ROWS FROM (jsonb_to_recordset(plan->'links')
            AS (hash text, dossier text, until timestamptz, purpose text, once boolean)
        ) WITH ORDINALITY AS given (hash, dossier, until, purpose, once, place) ORDER BY given.hash, given.place DESC
        ON CONFLICT (hash) DO UPDATE SET dossier = excluded.dossier, until = excluded.until,
            purpose = excluded.purpose, once = excluded.once, giver = excluded.giver;
    END IF;

    IF plan ? 'silenced' THEN
        DELETE FROM shuping.outbox WHERE window_name = me;
    END IF;
    IF plan ? 'cancelled' THEN
        DELETE FROM shuping.outbox
        WHERE key = ANY (ARRAY(SELECT jsonb_array_elements_text(plan->'cancelled')))
        AND (window_name = me OR dossier = plan->>'front');
    END IF;
    IF plan ? 'removed' THEN
        DELETE FROM shuping.outbox
        WHERE number = ANY (ARRAY(SELECT jsonb_array_elements_text(plan->'removed')::bigint));
    END IF;
    IF plan ? 'added' THEN
        PERFORM shuping.queue(plan->'added', (plan->>'form')::smallint);
    END IF;

    part := plan->'claim';
    IF part IS NOT NULL THEN
        INSERT INTO shuping.claims (window_name, aside, holder, until)
        VALUES (me, false, part->>'holder', (part->>'until')::timestamptz)
        ON CONFLICT (window_name, aside) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE claims.holder = excluded.holder OR claims.until <= (part->>'now')::timestamptz;
        IF FOUND THEN
            first := shuping.first(me, false, (part->>'now')::timestamptz);
            IF first.number IS NOT NULL AND first.form <= (plan->>'form')::smallint THEN
                RETURN json_build_object('first', first);
            END IF;
            DELETE FROM shuping.claims WHERE window_name = me AND NOT aside;
        END IF;
    END IF;
    RETURN '{}';
END $$;

-- A session takes the place of the one that was read.
CREATE FUNCTION shuping.save(given jsonb, of_form smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF given->>'old_id' IS NULL THEN
        INSERT INTO shuping.sessions
            (dossier, id, revision, phase, item, answered, data, updated_at, finished_at, form)
        VALUES (given->>'dossier', given->>'id', (given->>'revision')::bigint, given->>'phase', given->>'item',
            (given->>'answered')::smallint, (given->>'data')::json, (given->>'updated_at')::timestamptz,
            (given->>'finished_at')::timestamptz, of_form);
        RETURN;
    END IF;
    UPDATE shuping.sessions SET id = given->>'id', revision = (given->>'revision')::bigint, phase = given->>'phase',
        item = given->>'item', answered = (given->>'answered')::smallint, data = (given->>'data')::json,
        updated_at = (given->>'updated_at')::timestamptz, finished_at = (given->>'finished_at')::timestamptz,
        form = of_form
    WHERE dossier = given->>'dossier' AND id = given->>'old_id' AND revision = (given->>'old_revision')::bigint;
    IF NOT FOUND THEN
        RAISE serialization_failure USING MESSAGE = 'a session is not as it was read';
    END IF;
END $$;

-- Messages come into the outbox, in their order.
CREATE FUNCTION shuping.queue(added jsonb, of_form smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shuping.outbox (window_name, dossier, key, reply, due, attempts, anew, urgency, form)
    SELECT one.window_name, one.dossier, one.key, one.reply, one.due, one.attempts, one.anew, one.urgency, of_form
    FROM jsonb_to_recordset(added) AS one (
        window_name text, dossier text, key text, reply text, due timestamptz, attempts integer, anew boolean,
        urgency smallint
    );
END $$;

-- The first message that is due in a lane; all NULL without one.
CREATE FUNCTION shuping.first(of_window text, of_aside boolean, of_now timestamptz) RETURNS shuping.outbox
STABLE LANGUAGE plpgsql AS $$
DECLARE
    found shuping.outbox;
BEGIN
    SELECT * INTO found FROM shuping.outbox
    WHERE window_name = of_window AND aside = of_aside AND (due <= of_now) IS TRUE ORDER BY number + 0 LIMIT 1;
    RETURN found;
END $$;

-- Lanes in the order in which they are served: the most urgent, of these who has waited longest. Those that others
-- have claimed are left out, as are those whose messages, sessions or windows a newer program wrote. Of each urgency,
-- what fell due before `since` is known to be gone: the index need not be walked over what is deleted, but not yet
-- forgotten.
CREATE FUNCTION shuping.heads(
    of_holder text, of_now timestamptz, since timestamptz[], most integer, channels text[], of_form smallint
) RETURNS TABLE (window_name text, aside boolean) STABLE LANGUAGE plpgsql SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    SELECT waiting.window_name, waiting.aside
    FROM generate_series(0, 15) AS level
    CROSS JOIN LATERAL (
        SELECT * FROM shuping.outbox
        WHERE urgency = level AND due <= of_now AND due >= since[level + 1] AND form <= of_form
        AND (channels IS NULL OR split_part(outbox.window_name, ':', 1) = ANY (channels))
        ORDER BY due LIMIT 8192
    ) AS waiting
    WHERE (
        SELECT holder <> of_holder AND until > of_now FROM shuping.claims
        WHERE claims.window_name = waiting.window_name AND claims.aside = waiting.aside
    ) IS NOT TRUE
    AND coalesce((SELECT form FROM shuping.sessions WHERE sessions.dossier = waiting.dossier), 0) <= of_form
    AND coalesce((SELECT form FROM shuping.windows WHERE windows.window_name = waiting.window_name), 0) <= of_form
    GROUP BY waiting.window_name, waiting.aside
    ORDER BY min(waiting.urgency), min(waiting.due), min(waiting.number)
    LIMIT most;
END $$;

-- Claim lanes that nobody else has, and give the first message of each with what is stored of its window and dossier.
-- The messages are looked at only when the claims are there: another may have sent them just before.
CREATE FUNCTION shuping.take(
    of_holder text, of_until timestamptz, of_now timestamptz, of_form smallint, names text[], asides boolean[]
) RETURNS TABLE (
    number bigint, window_name text, dossier text, key text, reply text, due timestamptz, attempts integer,
    anew boolean, urgency smallint, part integer,
    data text, front text, session text, dossiers text[], shared boolean, form smallint
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    taken text[];
    taken_asides boolean[];
    messages shuping.outbox[];
    idle text[];
    idle_asides boolean[];
BEGIN
    WITH claimed AS (
        INSERT INTO shuping.claims AS mine (window_name, aside, holder, until)
        SELECT lane.window_name, lane.aside, of_holder, of_until
        FROM unnest(names, asides) AS lane (window_name, aside) ORDER BY lane.window_name, lane.aside
        ON CONFLICT (window_name, aside) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE mine.holder = excluded.holder OR mine.until <= of_now
        RETURNING mine.window_name, mine.aside
    )
    SELECT array_agg(claimed.window_name), array_agg(claimed.aside) INTO taken, taken_asides FROM claimed;

    SELECT array_agg(message) FILTER (WHERE message.number IS NOT NULL),
        array_agg(lane.window_name) FILTER (WHERE message.number IS NULL),
        array_agg(lane.aside) FILTER (WHERE message.number IS NULL)
    INTO messages, idle, idle_asides
    FROM unnest(taken, taken_asides) AS lane (window_name, aside)
    CROSS JOIN LATERAL shuping.first(lane.window_name, lane.aside, of_now) AS message;

    RETURN QUERY
    SELECT message.number, message.window_name, message.dossier, message.key, message.reply, message.due,
        message.attempts, message.anew, message.urgency, message.part,
        state.data, state.front, state.session, state.dossiers, state.shared, greatest(message.form, state.form)
    FROM unnest(messages) AS message
    CROSS JOIN LATERAL shuping.state(message.window_name, coalesce(message.dossier, ''), NULL) AS state;

    IF idle IS NOT NULL THEN
        DELETE FROM shuping.claims USING unnest(idle, idle_asides) AS lane (window_name, aside)
        WHERE claims.window_name = lane.window_name AND claims.aside = lane.aside AND claims.holder = of_holder
        AND claims.window_name = ANY (idle);
    END IF;
END $$;

-- The next message of a lane that the holder has; without one, the claim ends.
CREATE FUNCTION shuping.following(
    of_holder text, of_now timestamptz, of_form smallint, of_window text, of_aside boolean
) RETURNS TABLE (
    number bigint, window_name text, dossier text, key text, reply text, due timestamptz, attempts integer,
    anew boolean, urgency smallint, part integer,
    data text, front text, session text, dossiers text[], shared boolean, form smallint
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (
        SELECT FROM shuping.claims
        WHERE window_name = of_window AND aside = of_aside AND holder = of_holder AND until > of_now
    ) THEN
        RETURN QUERY SELECT taken.* FROM shuping.take(
            of_holder, (SELECT until FROM shuping.claims WHERE window_name = of_window AND aside = of_aside),
            of_now, of_form, ARRAY[of_window], ARRAY[of_aside]
        ) AS taken;
    END IF;
END $$;

-- A message arrived: it leaves the outbox, and what its window shows now is noted; gives what follows.
CREATE FUNCTION shuping.delivered(
    of_number bigint, of_window text, of_dossier text, of_card jsonb, of_seen jsonb,
    of_holder text, of_now timestamptz, of_form smallint, of_aside boolean
) RETURNS TABLE (
    number bigint, window_name text, dossier text, key text, reply text, due timestamptz, attempts integer,
    anew boolean, urgency smallint, part integer,
    data text, front text, session text, dossiers text[], shared boolean, form smallint
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM shuping.lock_all(ARRAY[of_window]);
    PERFORM shuping.leave(of_number, of_window, of_dossier, of_card, of_seen);
    RETURN QUERY SELECT next.* FROM shuping.following(of_holder, of_now, of_form, of_window, of_aside) AS next;
END $$;

-- Whether a message still waited, which now has left the outbox. Its number alone would not do: a server that takes over
-- from another may have lost the newest, and gives their numbers again. Its window may be called otherwise by now.
CREATE FUNCTION shuping.leave(of_number bigint, of_window text, of_dossier text, of_card jsonb, of_seen jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    waited boolean;
BEGIN
    DELETE FROM shuping.outbox WHERE number = of_number AND (window_name = of_window OR dossier = of_dossier);
    waited := FOUND;
    IF of_card IS NOT NULL OR (of_seen IS NOT NULL AND waited) THEN
        UPDATE shuping.windows
        SET data = data || jsonb_strip_nulls(
            jsonb_build_object('card', of_card, 'seen', CASE WHEN waited THEN of_seen END)
        )
        WHERE window_name = of_window;
    END IF;
    RETURN waited;
END $$;

-- Messages that have arrived leave the outbox, and so do the claims on their lanes; the places of those that stay,
-- since more falls due there before they end, or somebody else has them by now. Claims are locked in the one order in
-- which everybody takes several.
CREATE FUNCTION shuping.confirm(
    numbers bigint[], names text[], about text[], asides boolean[], holders text[]
) RETURNS integer[] LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    busy integer[];
BEGIN
    PERFORM shuping.lock_all(names);
    DELETE FROM shuping.outbox USING unnest(numbers, names, about) AS arrived (number, window_name, dossier)
    WHERE outbox.number = arrived.number AND outbox.number = ANY (numbers)
    AND (outbox.window_name = arrived.window_name OR outbox.dossier = arrived.dossier);
    PERFORM FROM shuping.claims JOIN unnest(names, asides) AS lane (window_name, aside) USING (window_name, aside)
    WHERE claims.window_name = ANY (names)
    ORDER BY claims.window_name, claims.aside FOR UPDATE OF claims;
    WITH ended AS (
        DELETE FROM shuping.claims USING unnest(names, asides, holders) AS lane (window_name, aside, holder)
        WHERE claims.window_name = lane.window_name AND claims.aside = lane.aside AND claims.holder = lane.holder
        AND claims.window_name = ANY (names) AND (
            SELECT number FROM shuping.outbox
            WHERE outbox.window_name = lane.window_name AND outbox.aside = lane.aside AND (due <= claims.until) IS TRUE
            LIMIT 1
        ) IS NULL
        RETURNING claims.window_name, claims.aside
    )
    SELECT array_agg(lane.place) INTO busy
    FROM unnest(names, asides) WITH ORDINALITY AS lane (window_name, aside, place)
    WHERE NOT EXISTS (
        SELECT FROM ended WHERE ended.window_name = lane.window_name AND ended.aside = lane.aside
    );
    RETURN busy;
END $$;
