#include <stdio.h>

int main(void) { return puts("palabre " PALABRE_VERSION) < 0; }
