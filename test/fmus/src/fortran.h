/*
 * What LAPACK, compiled by an old gfortran, calls of libgfortran: its results into the log, and an error message as XERBLA
 * would write it.
 */
void _gfortran_st_write(void *);
void _gfortran_st_write_done(void *);
void _gfortran_transfer_character_write(void *, const char *, int);
void _gfortran_transfer_integer_write(void *, const void *, int);
int _gfortran_compare_string(int, const char *, int, const char *);
void _gfortran_concat_string(int, char *, int, const char *, int, const char *);
int _gfortran_pow_i4_i4(int, int);
void _gfortran_stop_string(const char *, int) __attribute__((noreturn));

static void use_fortran(Model *m) {
  char text[200], joined[] = "########";
  _gfortran_concat_string(7, joined, 2, "DG", 3, "ETR");
  snprintf(text, sizeof text, "compared: %d %d %d %d, joined: '%s', powers: %d %d %d",
           _gfortran_compare_string(1, "U", 3, "U  "), _gfortran_compare_string(1, "L", 1, "U") < 0,
           _gfortran_compare_string(2, "UV", 1, "U") > 0, _gfortran_compare_string(0, "", 1, "A") < 0, joined,
           _gfortran_pow_i4_i4(2, 10), _gfortran_pow_i4_i4(-3, 3), _gfortran_pow_i4_i4(2, -1));
  /* A joined text is not ended by a 0: the # after it show that no more was written than its length. */
  say(m, fmi2OK, "fortran", text);
  int parameter = 4;
  char statement[512] = {0};
  _gfortran_st_write(statement);
  _gfortran_transfer_character_write(statement, "On entry to DGETRF parameter number", 35);
  _gfortran_transfer_integer_write(statement, &parameter, 4);
  _gfortran_transfer_character_write(statement, "had an illegal value", 20);
  _gfortran_st_write_done(statement);
  /* Never: it is only to be there. */
  if (m->states < 0) _gfortran_stop_string("here", 4);
}
