-- 005: this number is another change's; without it the numbers would have a gap. It changes nothing.
update setting set value = value where name = '';
