-- breaks running code: no
-- Connections of the application keep one plan for each statement, whatever its values. A search must see them: three letters and a whole
-- name are different searches, and a plan made for both reads the table.
alter function portal.search_patients(text, text, text, date) set plan_cache_mode = auto;
