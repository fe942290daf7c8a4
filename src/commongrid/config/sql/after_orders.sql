-- Orders given before they kept the kind of their day learn it from their matter, once.
UPDATE matters_order o SET kind_code = m.kind_code FROM matters_matter m WHERE m.id = o.matter_id AND o.kind_code = '';
