#!/bin/sh
# A session with curl: a week of warm-up, a month in one step, its KPIs and results as JSON, a line each.
#
#     sh session.sh [URL]
#
# -L goes on waiting where a call takes long.
set -eu
url=${1:-http://127.0.0.1:8000}
ask() { # METHOD PATH [BODY]
  curl -sSfL -X "$1" "$url/$2" -H 'content-type: application/json' ${3:+-d "$3"}
  echo
}
testid=$(ask POST testcases/testcase1/select | cut -d '"' -f 4)
ask PUT "initialize/$testid" '{"start_time": 604800, "warmup_period": 604800}'
ask PUT "step/$testid" '{"step": 2592000}'
ask POST "advance/$testid" '{"oveAct_u": 1000, "oveAct_activate": 1}'
ask GET "kpi/$testid"
ask PUT "results/$testid" '{"point_names": ["TRooAir_y"], "start_time": 604800, "final_time": 608400}'
ask PUT "stop/$testid" >&2
