"""Fillings of the bundled forms, step by step, with what they come to: written once, run by whichever engine.

A step is a line:
    path = value        answer it (the value as it is stored; a select_multiple's codes are parted by spaces)
    path =! value       answer it; the value breaks the question's rule and is not taken
    path ? value        the answer or calculated value now is this ("" for none; whole numbers as digits)
    path -              the question is not asked now
    path *              the question is asked and must be answered
Paths leave out /data; [2] is the second instance of a repeat, made when it is first answered.
"""

WALKS = {
    "a building that stands and agrees": ("building-listing", """
        place/building = 3
        code_check/code_mismatch = none
        code_check/photo_outside *
        code_check/not_built_reason -
        code_check/outline -
        code_check/no_position *
        code_check/position = 22.55 114.13 0 5
        code_check/no_position -
        building_facts/dwelling_count = 2
        dwelling[1]/dwelling_facts/room = 101
        dwelling[1]/dwelling_facts/dwelling_change = same
        dwelling[1]/dwelling_facts/dwelling_use = residential
        dwelling[1]/dwelling_facts/group_rental *
        dwelling[1]/dwelling_facts/households -
        dwelling[1]/dwelling_facts/group_rental = yes
        dwelling[1]/dwelling_facts/households = 4
        count_differs ? asked
        dwelling[2]/dwelling_facts/room = 102
        dwelling[2]/dwelling_facts/dwelling_change = added
        dwelling[2]/dwelling_facts/dwelling_use = commercial
        dwelling[2]/dwelling_facts/group_rental -
        dwelling[3]/dwelling_facts/room = 103
        dwelling[3]/dwelling_facts/dwelling_change = gone
        dwelling[3]/dwelling_facts/dwelling_use -
        dwelling[3]/dwelling_facts/floor = -1
        listed_count ? 3
        added_count ? 1
        gone_count ? 1
        here_count ? 2
        count_differs -
        """),
    "a building that is on file but not there": ("building-listing", """
        place/building = 4
        code_check/code_mismatch =! not_built wrong_position
        code_check/code_mismatch =! none wrong_outline
        code_check/code_mismatch = wrong_position wrong_outline
        code_check/outline ?
        code_check/code_mismatch = not_built
        code_check/not_built_reason *
        code_check/no_position -
        code_check/outline -
        building_facts/floors -
        dwelling[1]/dwelling_facts/room -
        """),
    "a shop with its code": ("legal-entity", """
        place/address *
        place/building = 3
        place/address ?
        entity/entity_status = new
        entity/entity_name = 翠竹粮油店
        entity/has_credit_code = yes
        entity/no_code_reason -
        entity/credit_code =! 91440300708461136X
        entity/credit_code =! 91440300708461163T
        entity/credit_code =! 9144030070846113IT
        entity/credit_code =! 914403007084611
        entity/credit_code = 91440300708461136t
        entity/credit_code = 91440300708461136T
        business/live_in = yes
        business/live_in_count *
        business/live_in_count =! 0
        business/live_in_count = 2
        contact/contact_phone =! 138000
        contact/contact_phone = 13800000000
        """),
    "a shop that has closed": ("legal-entity", """
        place/door_code = HTTPS://EXAMPLE.ORG/H/0123456789AB
        place/address ?
        entity/entity_status = closed
        entity/has_credit_code -
        entity/credit_code -
        business/industry -
        contact/contact_name -
        """),
    "a fire, told with a photo": ("incident-report", """
        incident_kind -
        incident_class = fire
        incident_kind = burning
        call_first -
        urgent = yes
        call_first ? asked
        photo = fire.jpg
        photo_2 ?
        description ?
        position = 22.55 114.13 0 5
        place/address ?
        fixed_on_spot = no
        reported_to =! nobody fire
        reported_to = property fire
        """),
    "a small matter, told in words": ("incident-report", """
        incident_class = other
        urgent = no
        call_first -
        photo_2 -
        description *
        place/address *
        place/building = 3
        place/address ?
        incident_time =! 2999-01-01T10:00:00.000+08:00
        reported_to = nobody
        """),
    "a suggestion that wants an answer": ("suggestion", """
        message_kind = suggestion
        concern_aspect -
        concern_class = services
        concern_aspect = health
        suggestion *
        contact/contact_phone -
        contact/wants_reply = yes
        contact/contact_name ?
        contact/contact_phone *
        """),
    "a first fire inspection": ("fire-inspection", """
        round = first
        visit_outcome = completed
        recheck/fixed_since -
        checklist/only_new -
        checklist/escape/exit_way = fixed
        checklist/escape/window_exit = open
        checklist/escape/partition = ok
        checklist/power/e_bike = open
        checklist/power/wiring = ok
        checklist/power/appliances = ok
        checklist/fuel/gas = none
        checklist/fuel/flammables = ok
        checklist/fighting/extinguisher = ok
        checklist/fighting/smoke_alarm = ok
        checklist/others/other_hazards -
        checklist/others/other_open = 1
        checklist/others/other_hazards *
        listed ? 1
        inspected ? 1
        hazard_count ? 4
        fixed_count ? 1
        open_count ? 3
        evidence[1]/photo *
        follow_up/told *
        visit_date = 2026-03-10
        follow_up/fix_by =! 2026-03-09
        follow_up/fix_by = 2026-03-17
        """),
    "a door that stayed shut": ("fire-inspection", """
        round = first
        visit_outcome = nobody_home
        checklist/escape/exit_way -
        dwelling_facts/occupants -
        listed ? 1
        inspected ? 0
        hazard_count ? 0
        evidence[1]/photo -
        follow_up/told -
        """),
    "a re-check counts no dwelling and no old hazard again": ("fire-inspection", """
        round = recheck
        visit_outcome = completed
        checklist/escape/exit_way -
        recheck/fixed_since = 2
        recheck/still_open = 1
        recheck/any_new = no
        checklist/escape/exit_way -
        listed ? 0
        inspected ? 0
        hazard_count ? 0
        fixed_count ? 2
        open_count ? 1
        recheck/any_new = yes
        checklist/escape/exit_way *
        checklist/only_new ? asked
        checklist/escape/exit_way = fixed
        hazard_count ? 1
        fixed_count ? 3
        """),
    "a quiet week in the stairwell": ("stairwell-sheet", """
        any_change = no
        any_incident = no
        door[1]/room -
        incident[1]/urgent -
        new_count ? 0
        left_count ? 0
        incident_count ? 0
        """),
    "people come and go behind two doors": ("stairwell-sheet", """
        any_change = yes
        door[1]/room = 501
        door[1]/person[1]/status = new
        door[1]/person[2]/status = new
        door[1]/person[2]/name = 王𠮷
        door[2]/room = 601
        door[2]/person[1]/status = left
        any_incident = yes
        incident[1]/incident_class = fire
        incident[1]/incident_kind = e_bike
        incident[1]/description *
        incident[1]/photo = bike.jpg
        incident[1]/description ?
        incident[1]/reported_to =! nobody station
        new_count ? 2
        left_count ? 1
        incident_count ? 1
        """),
    "a family moves in": ("move-report", """
        status = new
        move_day =! 2099-01-01
        move_day = 2026-03-02
        move_count =! 0
        move_count = 3
        place/building = 3
        place/room = 501
        """),
    "a matter that the station settles": ("work-register", """
        came_in/entry_date = 2026-03-10
        came_in/work_kind = persons
        came_in/incident_class -
        assigned/worker_count =! 1
        assigned/worker_count = 2
        assigned/due_date =! 2026-03-09
        assigned/due_date = 2026-03-12
        result/outcome = assigned
        result/closed_date -
        closed ? 0
        result/outcome = done
        result/passed_to -
        result/keyed *
        result/closed_date =! 2026-03-09
        result/closed_date = 2026-03-13
        closed ? 1
        days_taken ? 3
        """),
    "a matter that goes to the street and comes back": ("work-register", """
        came_in/entry_date = 2026-03-10
        came_in/work_kind = incident
        came_in/incident_class *
        result/outcome = passed_on
        result/passed_date =! 2026-03-09
        result/passed_date = 2026-03-11
        result/persons_updated -
        result/closed_date -
        result/came_back = yes
        result/closed_date = 2026-03-20
        closed ? 1
        days_taken ? 10
        """),
    "a re-interview with every kind of result": ("spot-recheck", """
        visit/attempt = 1
        visit/visit_outcome = completed
        visit/respondent =! neighbour
        visit/respondent = resident
        dwelling_check/building_right = yes
        dwelling_check/dwelling_on_file = yes
        dwelling_check/dwelling_wrong =! none area
        dwelling_check/dwelling_wrong = area
        dwelling_check/dwelling_use = residential
        dwelling_check/tenure = rented
        people/persons_here = 3
        people/persons_on_file = 4
        person[1]/name = 王小明
        person[1]/coverage = matched
        person[1]/missed_reason -
        person[1]/wrong_fields =! none phone
        person[1]/wrong_fields = phone tenure
        person[1]/wrong_count ? 2
        person[2]/name = 李四
        person[2]/coverage = matched
        person[2]/wrong_fields = none
        person[3]/name = 张𫖯
        person[3]/coverage = missed
        person[3]/missed_reason *
        person[3]/wrong_fields -
        person[4]/name = 赵五
        person[4]/coverage = not_removed
        person[4]/registration -
        file_differs ? asked
        person[5]/name = 孙六
        person[5]/coverage = moved_out_later
        person[6]/name = 周七
        person[6]/coverage = moved_in_later
        matched_count ? 2
        missed_count ? 1
        due_count ? 3
        not_removed_count ? 1
        never_here_count ? 0
        file_count ? 4
        content_errors ? 2
        file_differs -
        entities/any_entity = yes
        entity[1]/entity_name = 翠竹粮油店
        entity[1]/entity_coverage = wrong
        entity[2]/entity_name = 幸福理发
        entity[2]/entity_coverage = not_removed
        entity_matched_count ? 1
        entity_wrong_count ? 1
        entity_not_removed_count ? 1
        entity_missed_count ? 0
        """),
    "a re-interview where nobody answers": ("spot-recheck", """
        visit/attempt =! 7
        visit/attempt = 3
        visit/visit_outcome = nobody_home
        visit/respondent -
        dwelling_check/building_right -
        people/persons_here -
        person[1]/name -
        due_count ? 0
        content_errors ? 0
        """),
    "a neighbour answers at the third visit": ("spot-recheck", """
        visit/attempt = 3
        visit/visit_outcome = partly
        visit/respondent = neighbour
        """),
    "a vacant dwelling with people still on file": ("spot-recheck", """
        visit/attempt = 1
        visit/visit_outcome = vacant
        visit/respondent -
        people/persons_here = 0
        people/persons_on_file = 1
        person[1]/name = 赵五
        person[1]/coverage = not_removed
        not_removed_count ? 1
        due_count ? 0
        """),
    "a day of banners and a joint action": ("publicity-log", """
        publicity/banners -
        joint/actions -
        done_what = banner action
        publicity/banners *
        publicity/leaflets -
        publicity/banners =! 0
        publicity/banners = 12
        joint/actions = 2
        joint/person_times =! 1
        joint/person_times = 30
        """),
}
